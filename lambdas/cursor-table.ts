import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { parseCursor, type CursorStore, type StoredCursor } from './chunk.js';

type Table = Pick<DynamoDBClient, 'send'>;

const KEY = { pk: { S: 'backfill' }, sk: { S: 'cursor' } };

/** The cursor as one row of the state table, without a TTL. */
export function cursorTable(tableName: string, table: Table): CursorStore {
  return {
    read: async () => {
      const { Item } = await table.send(
        new GetItemCommand({ TableName: tableName, Key: KEY, ConsistentRead: true }),
      );
      return Item && storedCursor(Item['cursor']?.S ?? '', Item['version']?.N);
    },
    write: async (cursor, expected) => {
      const Item = {
        ...KEY,
        version: { N: String((expected ?? 0) + 1) },
        cursor: { S: JSON.stringify(cursor) },
      };
      const put = new PutItemCommand({ TableName: tableName, Item, ...conditionOf(expected) });
      try {
        await table.send(put);
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** For tests, and for a run whose progress need not outlive it. */
export function memoryCursors(): CursorStore {
  let stored: StoredCursor | undefined;
  return {
    read: () => Promise.resolve(stored),
    write: (cursor, expected) => {
      if (stored?.version !== expected) return Promise.resolve(false);
      stored = { cursor, version: (expected ?? 0) + 1 };
      return Promise.resolve(true);
    },
  };
}

function storedCursor(text: string, version: string | undefined): StoredCursor {
  return { cursor: parseCursor(text), version: Number(version) };
}

function conditionOf(expected: number | undefined) {
  if (expected === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :expected',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':expected': { N: String(expected) } },
  };
}
