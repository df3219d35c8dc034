import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { newBackfill } from '../../../lambdas/backfill/cursor.js';
import { cursorTable, memoryCursors } from '../../../lambdas/backfill/cursor-table.js';

const dynamo = mockClient(DynamoDBClient);
const cursor = newBackfill({ source: 's', chunk: 'c', now: 0 });
const table = () =>
  cursorTable({ tableName: 'state', pipelineId: 'example' }, new DynamoDBClient({}));
const key = { pk: { S: 'backfill' }, sk: { S: 'cursor' } };

beforeEach(() => {
  dynamo.reset();
});

test('read is strongly consistent, and returns undefined if no cursor is stored', async () => {
  const Item = { ...key, version: { N: '7' }, cursor: { S: JSON.stringify(cursor) } };
  dynamo.on(GetItemCommand).resolvesOnce({}).resolves({ Item });

  expect([await table().read(), await table().read()]).toEqual([undefined, { version: 7, cursor }]);
  expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input).toEqual({
    TableName: 'state',
    Key: key,
    ConsistentRead: true,
  });
});

test('a write is conditional on the version it replaces, and sets no TTL', async () => {
  dynamo.on(PutItemCommand).resolves({});

  expect([await table().write(cursor, undefined), await table().write(cursor, 7)]).toEqual([
    true,
    true,
  ]);
  expect(dynamo.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => input)).toEqual([
    {
      TableName: 'state',
      ConditionExpression: 'attribute_not_exists(pk)',
      Item: { ...key, version: { N: '1' }, cursor: { S: JSON.stringify(cursor) } },
    },
    {
      TableName: 'state',
      ConditionExpression: '#version = :expected',
      Item: { ...key, version: { N: '8' }, cursor: { S: JSON.stringify(cursor) } },
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':expected': { N: '7' } },
    },
  ]);
});

test('a write returns false if the stored version differs; other errors are thrown', async () => {
  const conflict = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
  dynamo.on(PutItemCommand).rejectsOnce(conflict).rejects(new Error('throttled'));

  expect(await table().write(cursor, 1)).toBe(false);
  await expect(table().write(cursor, 1)).rejects.toThrow('throttled');
});

test('the in-memory store follows the same rules', async () => {
  const store = memoryCursors();

  expect(await store.write(cursor, 1)).toBe(false);
  expect(await store.write(cursor, undefined)).toBe(true);
  expect(await store.write(cursor, undefined)).toBe(false);
  expect(await store.write({ ...cursor, chunks: 1 }, 1)).toBe(true);
  expect(await store.read()).toEqual({ version: 2, cursor: { ...cursor, chunks: 1 } });
});

test('the version is returned without parsing the cursor, which an incompatible release may have written', async () => {
  const Item = { ...key, version: { N: '7' }, cursor: { S: 'no JSON' } };
  dynamo.on(GetItemCommand).resolvesOnce({}).resolves({ Item });

  expect([await table().version(), await table().version()]).toEqual([undefined, 7]);
  const store = memoryCursors();
  expect(await store.version()).toBeUndefined();
  await store.write(cursor, undefined);
  expect(await store.version()).toBe(1);
});

test('a row without a cursor or a version is an error, unlike a missing row', async () => {
  dynamo.on(GetItemCommand).resolves({ Item: key });

  await expect(table().read()).rejects.toThrow(
    'the stored cursor was written by an incompatible version',
  );
  expect(await table().version()).toBeNaN();
});
