import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { environmentOf, readConfigOf } from '../../../../modules/config/config.js';
import { CONFIG_KEYS } from '../../../../modules/config/fields.js';
import { originsOf } from '../../../../modules/config/environment/origins.js';
import { PYTHON, yamlOf } from '../../../support/stacks/config-folder.js';
import { projectFolder } from '../../../support/stacks/project-folder.js';

function originsIn(waves: string, environment: string) {
  const root = projectFolder({
    pipelines: { waves },
    environments: { 'dev.yaml': environment },
  });
  const folder = join(root, 'pipelines/waves');
  const origins = originsOf(readConfigOf(folder, environmentOf(folder, 'dev')));
  return new Map(
    [...origins].map(([key, { origin, ...rest }]) => [
      key,
      { origin: origin.replace(`${root}/`, ''), ...rest },
    ]),
  );
}

test('each value has the file and the line where it stands, or is the default', () => {
  const origins = originsIn(
    yamlOf({ memory_mb: '256' }),
    'ingestor_url: https://dev.example.com\n\npipelines:\n  waves:\n    source:\n      - s3://waves/\n',
  );

  expect(origins.get('memory_mb')).toEqual({
    value: 256,
    origin: 'pipelines/waves/config.yaml:5',
  });
  expect(origins.get('ingestor_url')).toEqual({
    value: 'https://dev.example.com',
    origin: 'environments/dev.yaml:1',
  });
  expect(origins.get('source')).toEqual({
    value: ['s3://waves/'],
    origin: 'environments/dev.yaml:5',
  });
  expect(origins.get('region')).toEqual({ value: 'us-west-2', origin: 'default' });
});

test('each tag has an origin of its own', () => {
  const { origins, ...tags } =
    originsIn(yamlOf({ tags: '{ Owner: sea, Stage: none }' }), 'tags: { Stage: dev }\n').get(
      'tags',
    ) ?? {};

  expect(tags).toEqual({
    value: { Owner: 'sea', Stage: 'dev' },
    origin: 'environments/dev.yaml:1',
  });
  expect(Object.values(origins ?? {}).map((origin) => origin.replace(/.*\//, ''))).toEqual([
    'config.yaml:5',
    'dev.yaml:1',
  ]);
});

test('keys are in the order of the documentation, without defaults that have no effect', () => {
  const plain = [...originsIn(yamlOf({}), 'memory_mb: 512\n').keys()];
  const python = [...originsIn(yamlOf(PYTHON), 'memory_mb: 512\n').keys()];

  expect(plain).toEqual(CONFIG_KEYS.filter((key) => plain.includes(key)));
  for (const key of ['scratch_mb', 'max_queue_depth', 'sns_filter_policy_scope'] as const)
    expect(plain).not.toContain(key);
  for (const key of ['verify_tries', 'dashboard'] as const) expect(plain).toContain(key);
  expect(python).toContain('scratch_mb');
});
