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
import { ingestionTable } from '../../../lambdas/ingestor/ingestion-table.js';
import {
  positionOf,
  type PendingIngestion,
  type PostedIngestion,
} from '../../../lambdas/ingestor/pending.js';

const table = mockClient(DynamoDBClient);
const NOW = Date.UTC(2024, 4, 1, 12);
const log = ingestionTable('state', new DynamoDBClient({ region: 'eu-central-1' }), {
  now: () => NOW,
});

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
  partition: 'ingestion#1',
  isRequeued: false,
};
/** Answers the query of one partition; all others are empty. */
function answer(pk: string, ...pages: Record<string, object>[][]): void {
  table.on(QueryCommand).resolves({});
  const ofPartition = table.on(QueryCommand, { ExpressionAttributeValues: { ':pk': { S: pk } } });
  for (const [index, Items] of pages.entries()) {
    const isLast = index === pages.length - 1;
    const LastEvaluatedKey = { pk: { S: pk }, sk: { S: 'x' } };
    ofPartition.resolvesOnce({
      Items: Items as never,
      ...(isLast ? {} : { LastEvaluatedKey }),
    });
  }
}

async function readAll(after?: string): Promise<PendingIngestion[]> {
  const read: PendingIngestion[] = [];
  for await (const one of log.pending(after)) read.push(one);
  return read;
}

const row = {
  pk: { S: 'ingestion#1' },
  sk: { S: 'S1A' },
  body: { S: '{"path":"GRD/1"}' },
  correlation_id: { S: 'c1' },
  message_id: { S: 'm1' },
  sent_timestamp: { S: '1700000000000' },
  tries: { N: '1' },
  posted_at: { S: '2024-05-01T12:00:00.000Z' },
  ttl: { N: String(NOW / 1000 + 30 * 24 * 3600) },
};

beforeEach(() => {
  table.reset();
});

test('a post is written as a row with its body, its tries and a TTL of thirty days', async () => {
  table.on(PutItemCommand).resolves({});

  await log.record(posted);

  const inputs = table.commandCalls(PutItemCommand).map(({ args }) => args[0].input);
  expect(inputs).toEqual([{ TableName: 'state', Item: row }]);
});

test('[N01] the row of a message of a backfill says so, and is read as one', async () => {
  const marked = { ...row, backfill: { S: 'example' } };
  table.on(PutItemCommand).resolves({});
  answer('ingestion#1', [marked, row]);

  await log.record({ ...posted, backfill: 'example' });
  const read = (await readAll()).map(({ backfill }) => backfill);

  expect(table.commandCalls(PutItemCommand)[0]?.args[0].input.Item).toEqual(marked);
  expect(read).toEqual(['example', undefined]);
});

test('the row says which user of the ingestor posted, if that is known', async () => {
  const client = new DynamoDBClient({ region: 'eu-central-1' });
  const known = ingestionTable('state', client, { now: () => NOW, user: () => 'client-1' });
  const marked = { ...row, posted_by: { S: 'client-1' } };
  table.on(PutItemCommand).resolves({});
  answer('ingestion#1', [marked, row]);

  await known.record(posted);
  const read = (await readAll()).map(({ postedBy }) => postedBy);

  expect(table.commandCalls(PutItemCommand)[0]?.args[0].input.Item).toEqual(marked);
  expect(read).toEqual(['client-1', undefined]);
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

test('a row of another version is read with defaults, and an empty page has no row', async () => {
  answer('ingestion', [], [{ pk: { S: 'ingestion' }, sk: row.sk }]);

  expect(await readAll()).toEqual([
    {
      itemId: 'S1A',
      body: '',
      correlationId: '',
      messageId: '',
      sentTimestamp: '',
      tries: 0,
      postedAt: '',
      partition: 'ingestion',
      isRequeued: false,
    },
  ]);
});

test('pending reads every page of each partition, and that of earlier versions first', async () => {
  const second = { ...row, sk: { S: 'S1B' }, requeued: row.posted_at };
  answer('ingestion#1', [row], [second]);

  expect(await readAll()).toEqual([pending, { ...pending, itemId: 'S1B', isRequeued: true }]);
  const inputs = table.commandCalls(QueryCommand).map(({ args }) => args[0].input);
  expect(inputs[0]).toMatchObject({ TableName: 'state', KeyConditionExpression: 'pk = :pk' });
  const asked = inputs.map((input) => input.ExpressionAttributeValues?.[':pk']?.S);
  expect([...new Set(asked)]).toEqual([
    'ingestion',
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((shard) => `ingestion#${shard}`),
  ]);
});

test('pending starts after a position, also if the item id has a space', async () => {
  table.on(QueryCommand).resolves({});

  await readAll(positionOf({ ...pending, partition: 'ingestion#6', itemId: 'S1 A' }));

  const inputs = table.commandCalls(QueryCommand).map(({ args }) => args[0].input);
  expect(inputs).toEqual([
    {
      TableName: 'state',
      KeyConditionExpression: 'pk = :pk AND sk > :after',
      ExpressionAttributeValues: { ':pk': { S: 'ingestion#6' }, ':after': { S: 'S1 A' } },
    },
    {
      TableName: 'state',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'ingestion#7' } },
    },
  ]);
});

test.each([undefined, 'S1A', 'x y'])('pending starts at the beginning after %p', async (after) => {
  table.on(QueryCommand).resolves({});

  await readAll(after);

  const [first] = table.commandCalls(QueryCommand).map(({ args }) => args[0].input);
  expect(first?.ExpressionAttributeValues).toStrictEqual({ ':pk': { S: 'ingestion' } });
});

test('posts are spread over the partitions', async () => {
  table.on(PutItemCommand).resolves({});
  const ids = Array.from({ length: 400 }, (_, index) => `S1A_IW_GRDH_1SDV_${String(index)}`);
  for (const itemId of ids) await log.record({ ...posted, itemId });

  const counts = new Map<string, number>();
  for (const { args } of table.commandCalls(PutItemCommand)) {
    const pk = args[0].input.Item?.['pk']?.S ?? '';
    counts.set(pk, (counts.get(pk) ?? 0) + 1);
  }
  expect(counts.size).toBe(8);
  expect(Math.max(...counts.values())).toBeLessThan(100);
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
