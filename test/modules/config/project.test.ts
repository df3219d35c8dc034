import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../modules/config/values/error.js';
import { isBootstrap, readBootstrapProject, readProject } from '../../../modules/config/project.js';
import { PYTHON, pipelineFolder, yamlOf } from '../../support/stacks/config-folder.js';

const LOCAL = { PROJECT: 'demo', LOCAL_STATE: '1' };

function projectFolder(
  context: object = {},
  fields: Readonly<Record<string, string>> = {},
): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'));
  mkdirSync(join(root, 'pipelines'));
  renameSync(pipelineFolder(yamlOf(fields)), join(root, 'pipelines', 'waves'));
  writeFileSync(join(root, 'cdktf.json'), JSON.stringify({ context }));
  return root;
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('a project', () => {
  test('has a name, a state and pipelines', () => {
    const project = readProject({ root: projectFolder(), env: LOCAL });
    expect(project).toMatchObject({
      name: 'demo',
      state: { kind: 'local' },
      pipelines: [{ id: 'waves' }],
    });
  });

  test('finds the state bucket in the environment, then in cdktf.json', () => {
    const context = { STATE_BUCKET: 'ours', STATE_REGION: 'eu-west-1' };
    const stateFrom = (env: object) =>
      readProject({ root: projectFolder(context), env: { PROJECT: 'demo', ...env } }).state;

    expect(stateFrom({})).toEqual({ kind: 's3', bucket: 'ours', region: 'eu-west-1' });
    expect(stateFrom({ STATE_BUCKET: 'mine' })).toEqual({
      kind: 's3',
      bucket: 'mine',
      region: 'eu-west-1',
    });
    expect(stateFrom({ LOCAL_STATE: '1' })).toEqual({ kind: 'local' });
  });

  test('reports everything that is wrong at once', () => {
    const root = projectFolder({}, { timeout_seconds: '0', id: 'tides' });

    const problems = problemsOf(() => readProject({ root, env: {} }));

    expect(problems[0]).toMatch(/^PROJECT is not set: the names of all resources/);
    expect(problems[1]).toMatch(
      /^STATE_BUCKET and STATE_REGION not set: .*npm run bootstrap.*LOCAL_STATE=1/,
    );
    expect(problems.slice(2).map((line) => line.split('config.yaml:')[1])).toEqual([
      expect.stringMatching(/id: must be the name of the folder/),
      expect.stringMatching(/timeout_seconds: must be a whole number/),
    ]);
  });

  test('refuses an invalid bucket and an invalid region', () => {
    const env = { PROJECT: 'demo', STATE_BUCKET: 's3://states', STATE_REGION: 'Frankfurt' };

    expect(problemsOf(() => readProject({ root: projectFolder(), env }))).toEqual([
      'STATE_BUCKET must be the name of a bucket, without s3:// and path (given "s3://states")',
      'STATE_REGION must be an AWS region such as eu-central-1 (given "Frankfurt")',
    ]);
  });

  test('refuses a context of cdktf.json that is not text', () => {
    const root = projectFolder({ STATE_BUCKET: 5 });

    expect(problemsOf(() => readProject({ root, env: { PROJECT: 'demo' } }))).toEqual([
      expect.stringMatching(/^cdktf\.json context\.STATE_BUCKET: Invalid input: expected string/),
    ]);
  });

  test('names the missing half of the state settings', () => {
    const env = { PROJECT: 'demo', STATE_BUCKET: 'states' };
    expect(problemsOf(() => readProject({ root: projectFolder(), env }))).toEqual([
      expect.stringMatching(/^STATE_REGION not set: /),
    ]);
  });
});

describe('BOOTSTRAP=1', () => {
  test('needs the bucket, but no valid pipeline', () => {
    const root = projectFolder({}, { timeout_seconds: '0' });
    const env = {
      PROJECT: 'demo',
      BOOTSTRAP: '1',
      STATE_BUCKET: 'states',
      STATE_REGION: 'eu-west-1',
      LOCAL_STATE: '1',
    };

    expect(isBootstrap({ env })).toBe(true);
    expect(readBootstrapProject({ root, env })).toEqual({
      name: 'demo',
      bucket: { bucket: 'states', region: 'eu-west-1' },
      images: [],
      compared: [],
      dashboard: { regions: [] },
    });
  });

  test('finds the pipelines in Python, whose functions are images', () => {
    const root = projectFolder({}, { ...PYTHON, region: 'us-east-1' });
    const env = { PROJECT: 'demo', STATE_BUCKET: 'states', STATE_REGION: 'eu-west-1' };

    expect(readBootstrapProject({ root, env }).images).toEqual([
      { id: 'waves', region: 'us-east-1' },
    ]);
  });

  test('finds the regions of pipelines and topics for the dashboard, and leaves out what is not valid', () => {
    const root = projectFolder(
      {},
      { region: 'us-east-1', sns: 'arn:aws:sns:eu-north-1:123456789012:New' },
    );
    mkdirSync(join(root, 'pipelines', 'broken'));
    writeFileSync(join(root, 'pipelines', 'broken', 'config.yaml'), 'id: [');
    const env = { PROJECT: 'demo', STATE_BUCKET: 'states', STATE_REGION: 'eu-west-1' };

    expect(readBootstrapProject({ root, env }).dashboard).toEqual({
      regions: ['eu-north-1', 'us-east-1'],
    });
  });

  test('finds the pipelines that can be compared with a catalogue, without those deployed by name only', () => {
    const env = { PROJECT: 'demo', STATE_BUCKET: 'states', STATE_REGION: 'eu-west-1' };
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/1234';
    const comparable = {
      inventory_location: 's3://inventories/daily/waves/all',
      historic_frequency: '0',
      stac_api_url: 'https://stac.example.com',
      source_kms_key_arns: `[${key}]`,
    };
    const comparedWith = (fields: Readonly<Record<string, string>>) =>
      readBootstrapProject({ root: projectFolder({}, fields), env }).compared;

    expect(comparedWith(comparable)).toEqual([
      { id: 'waves', inventory: 's3://inventories/daily/waves/all', keys: [key] },
    ]);
    expect(comparedWith({ ...comparable, deploy: 'false' })).toEqual([]);
    expect(comparedWith({ stac_api_url: 'https://stac.example.com' })).toEqual([]);
  });

  test('has no dashboard if PROJECT_DASHBOARD is 0, in the environment or in cdktf.json', () => {
    const env = { PROJECT: 'demo', STATE_BUCKET: 'states', STATE_REGION: 'eu-west-1' };
    const off = projectFolder({ PROJECT_DASHBOARD: '0' });

    expect(readBootstrapProject({ root: off, env })).not.toHaveProperty('dashboard');
    expect(
      readBootstrapProject({ root: projectFolder(), env: { ...env, PROJECT_DASHBOARD: '0' } }),
    ).not.toHaveProperty('dashboard');
    expect(
      readBootstrapProject({ root: off, env: { ...env, PROJECT_DASHBOARD: '1' } }),
    ).toHaveProperty('dashboard');
    expect(
      problemsOf(() =>
        readBootstrapProject({ root: off, env: { ...env, PROJECT_DASHBOARD: 'no' } }),
      ),
    ).toEqual([expect.stringMatching(/^PROJECT_DASHBOARD must be 1 or 0 \(given "no"\)/)]);
  });

  test('reports what is missing', () => {
    const problems = problemsOf(() => readBootstrapProject({ root: projectFolder(), env: {} }));
    expect(problems).toHaveLength(2);
  });

  test('asks for the name of the bucket without advice that does not help, such as LOCAL_STATE=1 or npm run bootstrap', () => {
    const env = { PROJECT: 'demo', BOOTSTRAP: '1', LOCAL_STATE: '1' };

    const problems = problemsOf(() => readBootstrapProject({ root: projectFolder(), env }));

    expect(problems).toEqual([
      expect.stringMatching(/^STATE_BUCKET and STATE_REGION not set: .*also with LOCAL_STATE=1\. /),
    ]);
    expect(problems[0]).not.toContain('npm run bootstrap');
  });

  test('asks for the half that is missing', () => {
    const env = { PROJECT: 'demo', STATE_BUCKET: 'states' };

    expect(problemsOf(() => readBootstrapProject({ root: projectFolder(), env }))).toEqual([
      expect.stringMatching(/^STATE_REGION not set: the stack bootstrap creates this S3 bucket/),
    ]);
  });
});
