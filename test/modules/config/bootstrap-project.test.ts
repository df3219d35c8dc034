import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isBootstrap, readBootstrapProject } from '../../../modules/config/project.js';
import { PYTHON } from '../../support/stacks/config-folder.js';
import { projectFolder, problemsOf } from '../../support/stacks/project-config.js';

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
      tags: {},
      images: [],
      compared: [],
      dashboard: { regions: [] },
    });
  });

  test('has the tags that the environment gives for all pipelines', () => {
    const root = projectFolder();
    const env = { PROJECT: 'demo', STATE_BUCKET: 'states', STATE_REGION: 'eu-west-1' };
    mkdirSync(join(root, 'environments'));
    writeFileSync(
      join(root, 'environments', 'demo.yaml'),
      'tags: { CostCenter: "42" }\npipelines: { waves: { tags: { Team: coast } } }\n',
    );

    expect(readBootstrapProject({ root, env }).tags).toEqual({ CostCenter: '42' });
    expect(readBootstrapProject({ root, env: { ...env, PROJECT: 'other' } }).tags).toEqual({});
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
