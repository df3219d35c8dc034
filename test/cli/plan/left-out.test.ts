import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { findLeftOut } from '../../../cli/plan/left-out.js';
import { commitOf } from '../../../cli/plan/git.js';
import { git, gitProject, writeFiles } from '../../support/cli/project-root.js';
import { logGroup, stateText } from '../../support/cli/state-fixture.js';
import { yamlOf } from '../../support/stacks/config-folder.js';

const BY_NAME = yamlOf({ id: 'tides', deploy: 'false' });
const root = gitProject({
  'pipelines/waves/config.yaml': yamlOf({ id: 'waves', deploy: 'false' }),
  'pipelines/tides/config.yaml': yamlOf({ id: 'tides' }),
});

beforeEach(() => {
  git(root, 'checkout', '--quiet', '--force', '.');
  git(root, 'clean', '--quiet', '--force', '-d', '-x');
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

async function leftOut(env: Readonly<Record<string, string>> = {}) {
  const commit = await commitOf('HEAD', root);
  return findLeftOut({ root, env: { PROJECT: 'demo', LOCAL_STATE: '1', ...env }, commit });
}

function deploy(): void {
  writeFileSync(join(root, 'demo-tides.tfstate'), stateText(logGroup('/tides', 'eu-central-1')));
}

test('a deployed pipeline that gets deploy: false is found, one that had it is not', async () => {
  deploy();
  expect(await leftOut()).toEqual([]);

  writeFiles(root, { 'pipelines/tides/config.yaml': BY_NAME });

  expect(await leftOut()).toEqual([{ pipeline: 'tides', resources: 1 }]);
});

test('the key of an environment counts for its project alone', async () => {
  deploy();
  writeFiles(root, { 'environments/demo.yaml': 'pipelines: { tides: { deploy: false } }\n' });

  expect(await leftOut()).toEqual([{ pipeline: 'tides', resources: 1 }]);
  expect(await leftOut({ PROJECT: 'other' })).toEqual([]);
});

test('nothing is said of a pipeline that is not deployed, and the reason if that is unknown', async () => {
  writeFiles(root, { 'pipelines/tides/config.yaml': BY_NAME });
  expect(await leftOut()).toEqual([]);

  writeFileSync(join(root, 'demo-tides.tfstate'), 'no state');

  expect(await leftOut()).toEqual([
    { pipeline: 'tides', resources: expect.stringContaining('demo-tides.tfstate') },
  ]);
  expect(await leftOut({ LOCAL_STATE: '' })).toEqual([
    { pipeline: 'tides', resources: expect.stringContaining('STATE_BUCKET') },
  ]);
});
