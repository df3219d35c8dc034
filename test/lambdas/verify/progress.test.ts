import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { progressRow, type LastRun } from '../../../lambdas/verify/progress.js';

const KEY = { pk: { S: 'verify' }, sk: { S: 'cursor' } };
const table = mockClient(DynamoDBClient);
const row = progressRow('state', new DynamoDBClient({ region: 'eu-central-1' }));
const lastRun: LastRun = {
  endedAt: '2024-05-01T12:00:00.000Z',
  checked: 3,
  settled: 2,
  overdue: 1,
  isComplete: true,
};

beforeEach(() => {
  table.reset();
});

test('the progress is one row, without a position after a complete run', async () => {
  table.on(PutItemCommand).resolves({});
  await row.write({ after: 'ingestion#1 S1A', lastRun });
  await row.write({ after: undefined, lastRun: undefined });

  const last_run = { S: JSON.stringify(lastRun) };
  const inputs = table.commandCalls(PutItemCommand).map(({ args }) => args[0].input);
  expect(inputs).toEqual([
    { TableName: 'state', Item: { ...KEY, after: { S: 'ingestion#1 S1A' }, last_run } },
    { TableName: 'state', Item: KEY },
  ]);
});

test('the progress is read as it was written', async () => {
  const Item = { ...KEY, after: { S: 'x' }, last_run: { S: JSON.stringify(lastRun) } };
  table.on(GetItemCommand).resolves({ Item });

  expect(await row.read()).toEqual({ after: 'x', lastRun });
});

test.each([
  {},
  { Item: KEY },
  { Item: { ...KEY, after: {} as never, last_run: { S: '{' } } },
  { Item: { ...KEY, last_run: { S: '{"checked":1}' } } },
])('without a row that can be read, as in %j, there is no progress', async (answer) => {
  table.on(GetItemCommand).resolves(answer);

  expect(await row.read()).toEqual({ after: undefined, lastRun: undefined });
});
