import { AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import {
  deployedBackfillCollaborators,
  selfInvoker,
} from '../../../lambdas/backfill/collaborators.js';
import { firstChunk, settingsFromEnv, sourceOf } from '../../../lambdas/backfill/settings.js';

const ENVIRONMENT = {
  PIPELINE: 'example',
  INVENTORY_LOCATION: 's3://d/b/id/hive/',
  INVENTORY_FORMAT: 'csv',
  INVENTORY_FIELDS: 'bucket,key',
  HISTORIC_FREQUENCY: '6',
  INITIAL_CHUNK: '2022-04-20',
};
const DEPLOYED = {
  DEAD_LETTERS_URL: 'https://sqs/dead-letters',
  QUEUE_URL: 'https://sqs/q',
  WORKGROUP: 'w',
  DATABASE: 'd',
  INVENTORY_TABLE: 't',
  TABLE_NAME: 's',
  AWS_LAMBDA_FUNCTION_NAME: 'historic',
  AWS_REGION: 'us-west-2',
};

let before: NodeJS.ProcessEnv;

beforeEach(() => {
  before = process.env;
  process.env = { ...before, ...ENVIRONMENT };
});

afterEach(() => {
  process.env = before;
});

describe('settings', () => {
  test('come from the environment of the function', () => {
    expect(settingsFromEnv()).toEqual({
      pipelineId: 'example',
      inventory: { location: 's3://d/b/id', format: 'csv', columns: ['bucket', 'key'] },
      frequencyHours: 6,
      initialChunk: '2022-04-20',
      maxQueueDepth: undefined,
      maxScanGb: undefined,
      readArchived: false,
    });
  });

  test('default to a CSV inventory of keys that is sent in one run', () => {
    process.env = { PIPELINE: 'example', INVENTORY_LOCATION: 's3://d/b/id' };

    expect(settingsFromEnv()).toMatchObject({
      inventory: { format: 'csv', columns: ['key'] },
      frequencyHours: 0,
      initialChunk: undefined,
    });
  });

  test('read the format from INVENTORY_FORMAT', () => {
    process.env['INVENTORY_FORMAT'] = 'ORC';

    expect(settingsFromEnv().inventory.format).toBe('orc');
  });

  test('accept only limits greater than 0', () => {
    Object.assign(process.env, { MAX_QUEUE_DEPTH: '5000', MAX_SCAN_GB: '0.5' });
    process.env['READ_ARCHIVED'] = 'true';
    const set = { maxQueueDepth: 5000, maxScanGb: 0.5, readArchived: true };
    expect(settingsFromEnv()).toMatchObject(set);

    for (const wrong of ['many', '0', '-1', 'Infinity']) {
      process.env['MAX_SCAN_GB'] = wrong;
      expect(settingsFromEnv).toThrow(
        `MAX_SCAN_GB must be a number greater than 0 (given '${wrong}')`,
      );
    }
  });

  test('throw an error that names the variable if the location is missing', () => {
    delete process.env['INVENTORY_LOCATION'];

    expect(settingsFromEnv).toThrow('environment variable INVENTORY_LOCATION is not set');
  });
});

test('a different location, pinned report, format or way of reading is a different backfill', () => {
  const settings = settingsFromEnv();
  const { inventory } = settings;
  const others = [
    settings,
    { ...settings, frequencyHours: 0 },
    { ...settings, inventory: { ...inventory, location: 's3://other' } },
    { ...settings, inventory: { ...inventory, format: 'orc' as const } },
    { ...settings, inventory: { ...inventory, pinnedDt: '2022-04-22-01-00' } },
  ];

  expect(others.map(sourceOf)).toEqual([
    's3://d/b/id csv chunks',
    's3://d/b/id csv whole',
    's3://other csv chunks',
    's3://d/b/id orc chunks',
    's3://d/b/id/hive/dt=2022-04-22-01-00 csv chunks',
  ]);
  expect(sourceOf({ ...settings, frequencyHours: 12, initialChunk: 'x' })).toBe(sourceOf(settings));
});

test('the whole inventory has no first chunk', () => {
  const settings = settingsFromEnv();

  expect(firstChunk(settings)).toBe('2022-04-20');
  expect(firstChunk({ ...settings, frequencyHours: 0 })).toBeUndefined();
  expect(() => firstChunk({ ...settings, initialChunk: undefined })).toThrow(
    'historic_frequency is 6, which requires initial_chunk: add the chunk to start with to config.yaml',
  );
});

test('the function invokes itself asynchronously', async () => {
  const lambda = mockClient(LambdaClient);
  lambda.on(InvokeCommand).resolves({});

  await selfInvoker('historic', new LambdaClient({}))({ action: 'continue' });

  expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input).toEqual({
    FunctionName: 'historic',
    InvocationType: 'Event',
    Payload: '{"action":"continue"}',
  });
});

test('the deployed collaborators are built once, from the environment', async () => {
  Object.assign(process.env, DEPLOYED, { REQUESTER_PAYS: 'true' });
  const s3 = mockClient(S3Client);
  s3.on(ListObjectsV2Command).resolves({});
  const athena = mockClient(AthenaClient);
  athena.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'q' });

  const collaborators = deployedBackfillCollaborators();
  await collaborators.objects.folders('s3://d/b/id/');
  await collaborators.engine.start('SELECT 1', 'token');

  expect(deployedBackfillCollaborators()).toBe(collaborators);
  // A page takes about a second to send; a killed run repeats at most one.
  expect(collaborators).toMatchObject({ parallelBatches: 24, pageBytes: 1_048_576 });
  expect(s3.commandCalls(ListObjectsV2Command)[0]?.args[0].input.RequestPayer).toBe('requester');
  expect(athena.commandCalls(StartQueryExecutionCommand)[0]?.args[0].input.WorkGroup).toBe('w');
});
