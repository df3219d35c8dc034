import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { divideByDeploy, leftOutSentence } from '../../../modules/config/by-name.js';
import { writeFiles } from '../../support/cli/project-root.js';
import { configOf, faultsOf, yamlOf } from '../../support/stacks/config-folder.js';

function rootWith(configs: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'by-name-'));
  writeFiles(
    root,
    Object.fromEntries(
      Object.entries(configs).map(([id, yaml]) => [`pipelines/${id}/config.yaml`, yaml]),
    ),
  );
  return root;
}

test('pipelines with deploy: false are deployed only by name', () => {
  const root = rootWith({
    always: yamlOf({ id: 'always' }),
    also: yamlOf({ id: 'also', deploy: 'true' }),
    example: yamlOf({ id: 'example', deploy: 'false' }),
    quoted: yamlOf({ id: 'quoted', deploy: '"false"' }),
  });

  expect(divideByDeploy({ root, env: {} })).toEqual({
    included: ['also', 'always'],
    byName: ['example', 'quoted'],
  });
});

test('a config that is wrong or missing includes its pipeline, so that its errors are reported', () => {
  const root = rootWith({
    broken: 'deploy: false\n  id: [',
    empty: '',
    odd: yamlOf({ id: 'odd', deploy: 'no' }),
  });
  writeFiles(root, { 'pipelines/bare/app.ts': '' });

  expect(divideByDeploy({ root, env: {} })).toEqual({
    included: ['bare', 'broken', 'empty', 'odd'],
    byName: [],
  });
});

test('the key counts even if an environment has to give the others', () => {
  expect(
    divideByDeploy({ root: rootWith({ part: 'id: part\ndeploy: false\n' }), env: {} }).byName,
  ).toEqual(['part']);
});

test('the environment of PROJECT takes precedence', () => {
  const root = rootWith({
    on: yamlOf({ id: 'on', deploy: 'false' }),
    off: yamlOf({ id: 'off' }),
  });
  writeFiles(root, {
    'environments/demo.yaml': 'pipelines:\n  on:\n    deploy: true\n  off:\n    deploy: false\n',
    'environments/other.yaml': 'tags:\n  Owner: ocean\n',
  });

  const inProject = (PROJECT?: string) => divideByDeploy({ root, env: { PROJECT } }).included;

  expect([inProject('demo'), inProject('other'), inProject('third'), inProject()]).toEqual([
    ['on'],
    ['off'],
    ['off'],
    ['off'],
  ]);
});

test('a project without pipelines has none of both', () => {
  expect(divideByDeploy({ root: rootWith({}), env: {} })).toEqual({ included: [], byName: [] });
  expect(leftOutSentence([])).toBeUndefined();
});

test('deploy is true by default, and nothing but true and false', () => {
  expect(configOf({}).deploy).toBe(true);
  expect(configOf({ deploy: 'false' }).deploy).toBe(false);
  expect(faultsOf({ deploy: 'never' })).toEqual([
    expect.stringContaining('deploy: must be true or false (given never)'),
  ]);
});
