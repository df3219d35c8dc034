import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readLocalConfig } from '../../../../modules/config/environment/local.js';
import {
  givenTexts,
  inventoriesInEnvironments,
} from '../../../../modules/config/environment/keys.js';
import { INVENTORY, yamlOf } from '../../../support/stacks/config-folder.js';
import {
  problemsIn,
  projectFolder,
  type ProjectFiles,
} from '../../../support/stacks/project-folder.js';

const BARE = 'id: waves\ncompute: awslambda\n';
const target = (name: string): string =>
  `ingestor_url: https://${name}.example.com\nsecret_arn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbCdEf\n`;

function folderOf(files: ProjectFiles): string {
  return join(projectFolder(files), 'pipelines/waves');
}

/** The config on this machine, and the name of the file that keys are borrowed from. */
function local(files: ProjectFiles, env = {}) {
  const { config, borrowed } = readLocalConfig(folderOf(files), env);
  return { ...config, borrowed: borrowed?.replace(/.*\//, '') };
}

describe('the config on this machine', () => {
  test('is config.yaml alone if that has every key', () => {
    expect(local({ pipelines: { waves: yamlOf({}) } })).toMatchObject({
      ingestor_url: 'https://ingestor.example.com/api',
      borrowed: undefined,
    });
  });

  test('has the keys that only an environment gives', () => {
    const environments = { 'dev.yaml': target('dev'), 'prod.yaml': target('prod') };

    expect(local({ pipelines: { waves: BARE }, environments })).toMatchObject({
      ingestor_url: 'https://dev.example.com',
      borrowed: 'dev.yaml',
    });
  });

  test('keeps the values of config.yaml, whatever environments say', () => {
    const environments = {
      'dev.yaml': 'memory_mb: 3000\npipelines: { waves: { source: [s3://dev-bucket/] } }\n',
    };

    expect(
      local({ pipelines: { waves: yamlOf({ memory_mb: '256' }) }, environments }),
    ).toMatchObject({ memory_mb: 256, source: ['s3://dev-bucket/'], borrowed: 'dev.yaml' });
  });

  test('has most keys that it can have from one environment, and none from two', () => {
    const environments = {
      'dev.yaml': 'alarm_topic_arn: arn:aws:sns:us-west-2:123456789012:dev\n',
      'prod.yaml': `pipelines: { waves: { inventory_location: s3://reports/daily/waves/all, historic_frequency: 0, source: [s3://waves/] } }\n`,
    };
    const folder = folderOf({ pipelines: { waves: yamlOf({}) }, environments });
    writeFileSync(join(folder, 'historic.ts'), '');

    const { config } = readLocalConfig(folder, {});

    expect(config).toMatchObject({ historic_frequency: 0, source: ['s3://waves/'] });
    expect(config).not.toHaveProperty('alarm_topic_arn');
  });

  test('passes over an environment with which it is not whole', () => {
    const environments = {
      'dev.yaml': 'region: eu-west-1\nsecret_arn: none\nstac_api_url: https://a.example.com\n',
      'prod.yaml': target('prod'),
    };

    expect(local({ pipelines: { waves: BARE }, environments }).borrowed).toBe('prod.yaml');
  });

  test('is as deployed where keys of both do not go together otherwise', () => {
    const environments = {
      'dev.yaml': 'pipelines: { waves: { historic_frequency: 1, initial_chunk: "2022-04-20" } }\n',
    };

    expect(local({ pipelines: { waves: yamlOf(INVENTORY) }, environments })).toMatchObject({
      historic_frequency: 1,
      initial_chunk: '2022-04-20',
    });
  });

  test('is that of PROJECT if it has an environment', () => {
    const files = {
      pipelines: { waves: yamlOf({ memory_mb: '256' }) },
      environments: { 'dev.yaml': 'memory_mb: 1024\n', 'prod.yaml': 'memory_mb: 3000\n' },
    };
    const memory = (PROJECT: string) => local(files, { PROJECT }).memory_mb;

    expect(['prod', 'other', '', 'Not A Project'].map(memory)).toEqual([3000, 256, 256, 256]);
  });

  test('does not take another environment in place of a wrong one of PROJECT', () => {
    const environments = { 'dev.yaml': 'memory_mb: much\n', 'prod.yaml': 'memory_mb: 3000\n' };
    const folder = folderOf({ pipelines: { waves: yamlOf({}) }, environments });

    expect(
      problemsIn(join(folder, '../..'), () => readLocalConfig(folder, { PROJECT: 'dev' })),
    ).toEqual([expect.stringMatching(/dev\.yaml:1:12 memory_mb: must be/)]);
  });

  test('lacks what no file gives', () => {
    const environments = { 'dev.yaml': 'memory_mb: 512\n' };
    const folder = folderOf({ pipelines: { waves: BARE }, environments });

    expect(problemsIn(join(folder, '../..'), () => readLocalConfig(folder, {}))).toEqual([
      expect.stringMatching(/ingestor_url: is missing/),
      expect.stringMatching(/secret_arn: is missing/),
    ]);
  });
});

describe('what all files give for a key', () => {
  const files: ProjectFiles = {
    pipelines: { waves: yamlOf({ memory_mb: '256' }), tides: yamlOf({ id: 'tides' }) },
    environments: {
      'dev.yaml': 'memory_mb: 512\npipelines: { waves: { memory_mb: 1024 } }\nodd: 1\n',
      'prod.yaml': 'pipelines: { tides: { inventory_location: s3://reports/daily/waves/all } }\n',
    },
  };

  test('is in the order of precedence, config.yaml first', () => {
    expect(givenTexts(folderOf(files), 'memory_mb')).toEqual([
      { project: undefined, text: '256' },
      { project: 'dev', text: '1024' },
    ]);
  });

  test('says which pipelines have an inventory somewhere', () => {
    expect([...inventoriesInEnvironments(projectFolder(files))]).toEqual(['tides']);
  });
});
