import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findRemoved } from '../../../../cli/plan/removed.js';
import { git, gitProject } from '../../../support/cli/project-root.js';
import { DATA, stateText } from '../../../support/cli/state-fixture.js';
import { PYTHON, yamlOf } from '../../../support/stacks/config-folder.js';

const ENV = { PROJECT: 'demo', LOCAL_STATE: '1' };
const root = gitProject({
  'pipelines/waves/config.yaml': yamlOf({ id: 'waves' }),
  'pipelines/tides/config.yaml': yamlOf({ id: 'tides' }),
  'pipelines/tides/sample/config.yaml': '',
  'pipelines/notes/README.md': '',
});

beforeEach(() => {
  git(root, 'checkout', '--quiet', '--force', '.');
  git(root, 'clean', '--quiet', '--force', '-d');
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const remove = (id: string) => {
  rmSync(join(root, 'pipelines', id), { recursive: true });
};
const deploy = (id: string) => {
  writeFileSync(join(root, `demo-${id}.tfstate`), stateText(DATA));
};
const find = (commit: string | undefined, { all = false, env = ENV } = {}) =>
  findRemoved({ root, env, commit, all });

describe('a folder that was removed since a commit', () => {
  test('is named with the resources of its stack', async () => {
    deploy('waves');
    deploy('tides');
    remove('tides');

    expect(await find('HEAD')).toEqual({
      pipelines: [{ pipeline: 'tides', resources: 1 }],
      problem: undefined,
    });
  });

  test('is named without a state, too', async () => {
    remove('tides');

    expect((await find('HEAD')).pipelines).toEqual([{ pipeline: 'tides', resources: 0 }]);
  });

  test('is named with the reason if its state cannot be read, or where it is cannot', async () => {
    remove('tides');
    writeFileSync(join(root, 'demo-tides.tfstate'), 'broken');

    expect((await find('HEAD')).pipelines).toEqual([
      { pipeline: 'tides', resources: expect.stringContaining('does not contain') },
    ]);
    expect(await find('HEAD', { env: { ...ENV, PROJECT: '' } })).toEqual({
      pipelines: [{ pipeline: 'tides', resources: expect.stringContaining('PROJECT is not set') }],
      problem: undefined,
    });
  });

  test('is not one whose pipeline is of another kind now, and keeps its id', async () => {
    deploy('tides');
    writeFileSync(join(root, 'pipelines/tides/config.yaml'), yamlOf({ id: 'tides', ...PYTHON }));

    expect((await find('HEAD')).pipelines).toEqual([]);
  });

  test('is not looked for without a commit', async () => {
    deploy('tides');
    remove('tides');

    expect((await find(undefined)).pipelines).toEqual([]);
  });

  test('is found with git only: an unknown commit is an error', async () => {
    await expect(find('0'.repeat(40))).rejects.toThrow(/^git ls-tree failed: /);
  });
});

describe('with --all, deployed stacks without a folder', () => {
  test('are named once, also those that were removed long ago', async () => {
    deploy('storms');
    deploy('tides');
    remove('tides');

    expect((await find('HEAD', { all: true })).pipelines).toEqual([
      { pipeline: 'storms', resources: 1 },
      { pipeline: 'tides', resources: 1 },
    ]);
  });

  test('are named also if one of their states cannot be read', async () => {
    deploy('storms');
    writeFileSync(join(root, 'demo-tides.tfstate'), 'broken');
    remove('tides');

    expect((await find(undefined, { all: true })).pipelines).toEqual([
      { pipeline: 'storms', resources: 1 },
      { pipeline: 'tides', resources: expect.stringContaining('demo-tides.tfstate') },
    ]);
  });

  test('are a problem if they cannot be listed', async () => {
    const { problem } = await find(undefined, { all: true, env: { ...ENV, LOCAL_STATE: '' } });

    expect(problem).toContain('STATE_BUCKET and STATE_REGION not set');
  });
});
