import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../modules/config/values/error.js';
import { listPipelines, readPipelineConfig } from '../../../modules/config/config.js';
import {
  INVENTORY,
  MINIMAL,
  configOf,
  pipelineFolder,
  problemsOf,
  yamlOf,
} from '../../support/stacks/config-folder.js';

describe('a sound config', () => {
  test('gets every default, and the region of its secret', () => {
    expect(configOf({})).toEqual({
      ...MINIMAL,
      architecture: 'arm64',
      deploy: true,
      granule_files: [],
      granule_input: 'file',
      granule_seconds: 20,
      output_argument: 'output',
      permanent_errors: [],
      python_arguments: {},
      scratch_mb: 512,
      region: 'us-west-2',
      source: [],
      source_kms_key_arns: [],
      requester_pays: false,
      sns_filter_policy_scope: 'MessageBody',
      inventory_format: 'csv',
      inventory_fields: ['bucket', 'key', 'size', 'last_modified_date'],
      max_scan_gb: 100,
      read_archived: false,
      timeout_seconds: 60,
      memory_mb: 512,
      max_concurrency: 10,
      max_queue_depth: 100_000,
      batch_size: 10,
      batch_window_seconds: 0,
      retry_delay_seconds: 30,
      verify_ingestion: true,
      circuit_breaker: true,
      verify_tries: 3,
      max_age_minutes: 1440,
      dashboard: true,
      log_retention_days: 30,
      tags: {},
    });
  });

  test('overrides every default', () => {
    const config = configOf({
      ...INVENTORY,
      region: 'eu-central-1',
      source: '[s3://waves/raw/]',
      requester_pays: 'true',
      timeout_seconds: '90',
      tags: '{ Owner: sea }',
    });

    expect(config).toMatchObject({
      region: 'eu-central-1',
      source: ['s3://waves/raw/'],
      requester_pays: true,
      timeout_seconds: 90,
      historic_frequency: 0,
      tags: { Owner: 'sea' },
    });
  });

  test('a file that lists keys has one column, key', () => {
    const config = configOf({ ...INVENTORY, inventory_location: 's3://lists/keys.txt' });

    expect(config.inventory_fields).toEqual(['key']);
  });
});

describe('a config with faults', () => {
  test('reports all of them at once, each with its place', () => {
    const yaml = [
      'id: 0123',
      'compute: ecs',
      'sns:   arn:aws:sns:eu-central-1:1:topic',
      'max_concurrency: 1',
      'tags: { Owner: sea, Cost: 12 }',
      'colour: blue',
    ].join('\n');

    expect(problemsOf(yaml)).toEqual([
      '1:1 ingestor_url: is missing: the URL of the ingestor API that Items are posted to',
      '1:1 secret_arn: is missing: the ARN of the secret with cognito_domain, client_id, client_secret and scope',
      '1:5 id: must be text, but YAML reads this as a number: put it in quotes (given 0123)',
      '2:10 compute: must be awslambda (given ecs)',
      '3:8 sns: must be an ARN with a 12-digit account, not "1" (given arn:aws:sns:eu-central-1:1:topic)',
      '4:18 max_concurrency: must be a whole number of concurrent batches from 2 to 1000 (given 1)',
      '5:27 tags.Cost: must be text, but YAML reads this as a number: put it in quotes (given 12)',
      '6:1 colour: is not a key of config.yaml',
    ]);
  });

  test('is named by its path from the current directory, or as it was given', () => {
    const folder = pipelineFolder('');
    const message = `${folder}/config.yaml:1:1 is empty: add the keys of the pipeline, starting with id`;

    expect(() => readPipelineConfig(folder)).toThrow(new ConfigError([message]));
    expect(() => readPipelineConfig('test/modules/none')).toThrow(
      /^unknown pipeline "none" \(test\/modules contains no pipelines\)$/,
    );
  });

  test('shows what was given on one line, shortened, without the password of a URL', () => {
    const long = `https://${'a'.repeat(200)} b`;
    const faults = problemsOf(
      yamlOf({ ingestor_url: long, stac_api_url: 'https://me:secret@example.com' }),
    );

    expect(faults).toEqual([
      `3:15 ingestor_url: must be a URL without spaces or backslashes (given ${long.slice(0, 80)}...)`,
      '5:15 stac_api_url: must be a URL without a user name or a password (given https://...@example.com)',
    ]);
  });

  test('suggests the nearest known key for an unknown one', () => {
    const faults = problemsOf(yamlOf({ historic_freqency: '1', ingestorurl: 'x', '""': 'x' }));

    expect(faults).toEqual([
      '5:1 historic_freqency: is not a key of config.yaml; did you mean historic_frequency?',
      '6:1 ingestorurl: is not a key of config.yaml; did you mean ingestor_url?',
      '7:1 "": is not a key of config.yaml',
    ]);
  });

  test('never shows the value of an unknown key, which may be a credential', () => {
    expect(problemsOf(yamlOf({ aws_secret_access_key: 'hidden' })).join()).not.toContain('hidden');
  });

  test('is an error with a literal name and lines only, no stack in its message', () => {
    const error = new ConfigError(['one', 'two']);

    expect([error.name, error.message, error.problems]).toEqual([
      'ConfigError',
      'one\ntwo',
      ['one', 'two'],
    ]);
  });
});

describe('the folder', () => {
  test('has the name in id', () => {
    expect(problemsOf(yamlOf({ id: 'tides' }))).toEqual([
      '1:5 id: must be the name of the folder, waves (given tides)',
    ]);
  });

  test('must contain app.ts and collection.ts', () => {
    expect(problemsOf(yamlOf({}), [])).toEqual([
      '1:1 app.ts: is missing from the folder: it creates the Items',
      '1:1 collection.ts: is missing from the folder: it creates the Collection',
    ]);
  });

  test('[N25] must contain historic.ts if there is an inventory, also without a historic_frequency', () => {
    const yaml = yamlOf({ inventory_location: INVENTORY['inventory_location'] ?? '' });

    expect(problemsOf(yaml, ['app.ts', 'collection.ts'])).toEqual([
      '1:1 historic.ts: is missing from the folder: historic_frequency needs it for the backfill',
      expect.stringMatching(/^5:\d+ inventory_location: needs historic_frequency/),
    ]);
  });

  test('must contain historic.ts if there is a historic_frequency', () => {
    expect(problemsOf(yamlOf(INVENTORY), ['app.ts', 'collection.ts'])).toEqual([
      '1:1 historic.ts: is missing from the folder: historic_frequency needs it for the backfill',
    ]);
  });

  test('that does not exist is reported with the names of those that do', () => {
    const root = join(pipelineFolder(yamlOf({})), '..');

    expect(() => readPipelineConfig(join(root, 'wavs'))).toThrow(
      `unknown pipeline "wavs" (known: waves)`,
    );
    expect(() => readPipelineConfig('/nowhere/wavs')).toThrow(
      'unknown pipeline "wavs" (/nowhere contains no pipelines)',
    );
  });

  test('without a config.yaml is reported with the missing file', () => {
    const root = mkdtempSync(join(tmpdir(), 'pipelines-'));
    mkdirSync(join(root, 'waves'));

    expect(() => readPipelineConfig(join(root, 'waves'))).toThrow(
      `${root}/waves/config.yaml is missing: every pipeline needs one (${root} contains no pipelines)`,
    );
  });

  test('cannot be read if config.yaml is a folder', () => {
    const root = mkdtempSync(join(tmpdir(), 'pipelines-'));
    mkdirSync(join(root, 'waves/config.yaml'), { recursive: true });

    expect(() => readPipelineConfig(join(root, 'waves'))).toThrow(
      /config\.yaml cannot be read: EISDIR/,
    );
  });

  test('is listed, in order, with any of the files of a pipeline in it', () => {
    const root = mkdtempSync(join(tmpdir(), 'pipelines-'));
    for (const file of ['b/app.ts', 'a/config.yaml', 'empty/notes.txt', 'c/requirements.in']) {
      mkdirSync(join(root, file, '..'), { recursive: true });
      writeFileSync(join(root, file), '');
    }
    writeFileSync(join(root, 'README.md'), '');

    expect(listPipelines(root)).toEqual(['a', 'b', 'c']);
    expect(listPipelines(join(root, 'none'))).toEqual([]);
  });
});
