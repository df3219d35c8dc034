import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { parseCursor, type CursorStore, type StoredCursor } from './cursor.js';

type Table = Pick<DynamoDBClient, 'send'>;

/** The sort keys of the rows; their partition key is `backfill`. */
const SORT_KEYS = { backfill: 'cursor', repost: 'repost' } as const;

interface CursorTableOptions {
  readonly tableName: string;
  readonly pipelineId: string;
  /** Whose cursor it is. A repost runs beside the backfill. @default backfill */
  readonly of?: keyof typeof SORT_KEYS;
}

/** Stores the cursor as one row of the state table, without a TTL. */
export function cursorTable(
  { tableName, pipelineId, of = 'backfill' }: CursorTableOptions,
  table: Table,
): CursorStore {
  const key = { pk: { S: 'backfill' }, sk: { S: SORT_KEYS[of] } };
  const readRow = async () => {
    const get = new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true });
    const { Item } = await table.send(get);
    return Item && { text: Item['cursor']?.S ?? '', version: Number(Item['version']?.N) };
  };
  return {
    read: async () => {
      const row = await readRow();
      return row && { version: row.version, cursor: parseCursor(row.text, pipelineId) };
    },
    version: async () => (await readRow())?.version,
    write: async (cursor, expected) => {
      const Item = {
        ...key,
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

/** Stores the cursor in memory, for tests and for runs that are never resumed. */
export function memoryCursors(): CursorStore {
  let stored: StoredCursor | undefined;
  return {
    read: () => Promise.resolve(stored),
    version: () => Promise.resolve(stored?.version),
    write: (cursor, expected) => {
      if (stored?.version !== expected) return Promise.resolve(false);
      stored = { cursor, version: (expected ?? 0) + 1 };
      return Promise.resolve(true);
    },
  };
}

function conditionOf(expected: number | undefined) {
  if (expected === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :expected',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':expected': { N: String(expected) } },
  };
}
