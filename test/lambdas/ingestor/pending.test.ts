import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import {
  ingestionTable,
  TRIES_ATTRIBUTE,
  type PendingIngestion,
  type PostedIngestion,
} from '../../../lambdas/ingestor/pending.js';

const table = mockClient(DynamoDBClient);
const NOW = Date.UTC(2024, 4, 1, 12);
const log = ingestionTable('state', new DynamoDBClient({ region: 'eu-central-1' }), () => NOW);

const posted: PostedIngestion = {
  itemId: 'S1A',
  body: '{"path":"GRD/1"}',
  correlationId: 'c1',
  messageId: 'm1',
  sentTimestamp: '1700000000000',
  tries: 1,
};
const pending: PendingIngestion = {
  ...posted,
  postedAt: '2024-05-01T12:00:00.000Z',
  isRequeued: false,
};
const row = {
  pk: { S: 'ingestion' },
  sk: { S: 'S1A' },
  body: { S: '{"path":"GRD/1"}' },
  correlation_id: { S: 'c1' },
  message_id: { S: 'm1' },
  sent_timestamp: { S: '1700000000000' },
  tries: { N: '1' },
  posted_at: { S: '2024-05-01T12:00:00.000Z' },
  ttl: { N: String(NOW / 1000 + 7 * 24 * 3600) },
};

beforeEach(() => {
  table.reset();
});

test('a post is written as a row with its body, its tries and a TTL of seven days', async () => {
  table.on(PutItemCommand).resolves({});

  await log.record(posted);

  const inputs = table.commandCalls(PutItemCommand).map(({ args }) => args[0].input);
  expect(inputs).toEqual([{ TableName: 'state', Item: row }]);
});

test('[N01] the row of a message of a backfill says so, and is read as one', async () => {
  const marked = { ...row, backfill: { S: 'example' } };
  table.on(PutItemCommand).resolves({});
  table.on(QueryCommand).resolves({ Items: [marked, row] });

  await log.record({ ...posted, backfill: 'example' });
  const read: (string | undefined)[] = [];
  for await (const { backfill } of log.pending()) read.push(backfill);

  expect(table.commandCalls(PutItemCommand)[0]?.args[0].input.Item).toEqual(marked);
  expect(read).toEqual(['example', undefined]);
});

test('a body that is too large for a row is an error with its size', async () => {
  const body = 'x'.repeat(380_001);

  await expect(log.record({ ...posted, body })).rejects.toThrow(
    'the message has 380001 bytes; a row of the state table holds at most 380000',
  );
});

test('a body of the maximum size is written', async () => {
  table.on(PutItemCommand).resolves({});
  const body = 'x'.repeat(380_000);

  await log.record({ ...posted, body });

  expect(table.commandCalls(PutItemCommand)[0]?.args[0].input.Item?.['body']).toEqual({ S: body });
});

test('the message attribute for the tries keeps its name', () => {
  expect(TRIES_ATTRIBUTE).toBe('ingestion_tries');
});

test('a row of another version is read with defaults, and an empty page has no row', async () => {
  table
    .on(QueryCommand)
    .resolvesOnce({ LastEvaluatedKey: row.pk as never })
    .resolves({
      Items: [{ pk: row.pk, sk: row.sk }],
    });

  const read: PendingIngestion[] = [];
  for await (const one of log.pending()) read.push(one);

  expect(read).toEqual([
    {
      itemId: 'S1A',
      body: '',
      correlationId: '',
      messageId: '',
      sentTimestamp: '',
      tries: 0,
      postedAt: '',
      isRequeued: false,
    },
  ]);
});

test('pending reads every page and marks the posts whose message is back on the queue', async () => {
  const second = { ...row, sk: { S: 'S1B' }, requeued: row.posted_at };
  table
    .on(QueryCommand)
    .resolvesOnce({ Items: [row], LastEvaluatedKey: { pk: row.pk, sk: row.sk } })
    .resolves({ Items: [second] });

  const read: PendingIngestion[] = [];
  for await (const one of log.pending()) read.push(one);

  expect(read).toEqual([pending, { ...pending, itemId: 'S1B', isRequeued: true }]);
  const input = table.commandCalls(QueryCommand)[0]?.args[0].input;
  expect([input?.TableName, input?.KeyConditionExpression]).toEqual(['state', 'pk = :pk']);
  expect(input?.ExpressionAttributeValues).toStrictEqual({ ':pk': { S: 'ingestion' } });
});

test('pending starts after a given item id', async () => {
  table.on(QueryCommand).resolves({ Items: [] });

  const read: PendingIngestion[] = [];
  for await (const one of log.pending('S1A')) read.push(one);

  expect(read).toEqual([]);
  expect(table.commandCalls(QueryCommand)[0]?.args[0].input).toEqual({
    TableName: 'state',
    KeyConditionExpression: 'pk = :pk AND sk > :after',
    ExpressionAttributeValues: { ':pk': { S: 'ingestion' }, ':after': { S: 'S1A' } },
  });
});

test('a row is changed only if it belongs to the post that was read', async () => {
  const Key = { pk: row.pk, sk: row.sk };
  const guarded = {
    TableName: 'state',
    Key,
    ConditionExpression: 'posted_at = :read',
    ExpressionAttributeValues: { ':read': row.posted_at },
  };

  await log.remove(pending);
  await log.markRequeued(pending);

  expect(table.commandCalls(DeleteItemCommand)[0]?.args[0].input).toEqual(guarded);
  expect(table.commandCalls(UpdateItemCommand)[0]?.args[0].input).toEqual({
    ...guarded,
    UpdateExpression: 'SET requeued = :read',
  });
});

test('an Item that was posted again in the meantime keeps its row; other errors are thrown', async () => {
  const changed = new ConditionalCheckFailedException({ message: 'changed', $metadata: {} });
  table.on(DeleteItemCommand).rejectsOnce(changed).rejects(new Error('throttled'));

  await log.remove(pending);

  await expect(log.remove(pending)).rejects.toThrow('throttled');
});
