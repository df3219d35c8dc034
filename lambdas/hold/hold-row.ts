import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

/** `by` of a hold that the breaker made. */
export const BREAKER = 'the circuit breaker';

/** Why consumption of the granule queue is stopped. */
export interface Hold {
  /** ISO 8601. */
  readonly since: string;
  /** ARN of the caller, or BREAKER; undefined if it is unknown. */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

/** Keeps the hold of a pipeline. */
export interface HoldStore {
  /** Undefined if consumption is not held. */
  read(): Promise<Hold | undefined>;
  write(hold: Hold): Promise<void>;
  remove(): Promise<void>;
  /** Returns false, and writes nothing, if there is a hold. */
  writeIfNone(hold: Hold): Promise<boolean>;
  /** Returns false, and removes nothing, if the hold is another's. */
  removeOf(by: string): Promise<boolean>;
}

const KEY = { pk: { S: 'hold' }, sk: { S: 'consumption' } };

/** Keeps the hold in one row of the state table, without a TTL. */
export function holdRow(TableName: string, client: Pick<DynamoDBClient, 'send'>): HoldStore {
  return {
    read: async () => {
      const get = new GetItemCommand({ TableName, Key: KEY, ConsistentRead: true });
      const { Item } = await client.send(get);
      if (Item === undefined) return undefined;
      return { since: Item['since']?.S ?? '', by: Item['by']?.S, reason: Item['reason']?.S };
    },
    write: async (hold) => {
      await client.send(new PutItemCommand({ TableName, Item: itemOf(hold) }));
    },
    remove: async () => {
      await client.send(new DeleteItemCommand({ TableName, Key: KEY }));
    },
    writeIfNone: (hold) =>
      ifSo(() =>
        client.send(
          new PutItemCommand({
            TableName,
            Item: itemOf(hold),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
    removeOf: (by) =>
      ifSo(() =>
        client.send(
          new DeleteItemCommand({
            TableName,
            Key: KEY,
            ConditionExpression: '#by = :by',
            ExpressionAttributeNames: { '#by': 'by' },
            ExpressionAttributeValues: { ':by': { S: by } },
          }),
        ),
      ),
  };
}

function itemOf({ since, by, reason }: Hold) {
  return {
    ...KEY,
    since: { S: since },
    ...(by !== undefined && { by: { S: by } }),
    ...(reason !== undefined && { reason: { S: reason } }),
  };
}

/** Returns whether the condition of a write held. */
async function ifSo(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
