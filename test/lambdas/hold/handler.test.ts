import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { breakerHandler } from '../../../lambdas/hold/handler.js';
import { BREAKER, holdRow } from '../../../lambdas/hold/hold-row.js';
import { postTracer } from '../../../lambdas/ingestor/post-trace.js';
import { functionServices } from '../../support/function-services/server.js';
import { outputLines } from '../../support/output-lines.js';

const TABLE = 'demo-waves-state';
const MINUTE = 60_000;

let aws: Awaited<ReturnType<typeof functionServices>>;
let table: DynamoDBClient;
const before = { ...process.env };

beforeAll(async () => {
  aws = await functionServices();
  aws.table.tables.add(TABLE);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    TABLE_NAME: TABLE,
    MAPPING_ID: aws.mappings.create('demo-waves-app', 'demo-waves-granules'),
    POWERTOOLS_METRICS_NAMESPACE: 'StacPipelines',
    POWERTOOLS_SERVICE_NAME: 'waves',
  });
  table = new DynamoDBClient();
});

afterAll(async () => {
  process.env = before;
  await aws.close();
});

test('the deployed breaker holds and releases, with its rows, its mapping and its metric', async () => {
  const run = breakerHandler();
  const trace = (minutesAgo: number) =>
    postTracer(TABLE, table, () => Date.now() - minutesAgo * MINUTE);

  await trace(9).answered();
  await trace(6).failed('POST responded 503');
  expect(await run()).toBe('failing');
  await trace(0).failed('POST responded 503');
  const lines = await outputLines(async () => {
    expect(await run()).toBe('held');
  });
  expect(lines).toContainEqual(expect.objectContaining({ BreakerHolds: 1 }));

  expect(aws.mappings.state('demo-waves-app')).toBe('Disabling');
  expect(await holdRow(TABLE, table).read()).toMatchObject({ by: BREAKER });
  expect(await holdRow(TABLE, table).writeIfNone({ since: 'now' })).toBe(false);
  expect(await holdRow(TABLE, table).removeOf('another')).toBe(false);

  await trace(-1).answered();
  expect(await run()).toBe('released');
  expect(aws.mappings.state('demo-waves-app')).toBe('Enabling');
  expect(await holdRow(TABLE, table).read()).toBeUndefined();
});
