import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What the breaker remembers between its runs; times in milliseconds since the epoch. */
export interface BreakerState {
  /** The first failure that was seen since a post was answered. */
  readonly failingSince?: number | undefined;
  /** Whether it holds consumption. */
  readonly isHolding?: boolean | undefined;
  /** When consumption was last enabled for a trial, or stopped. */
  readonly changedAt?: number | undefined;
  /** Whether a trial is in progress. */
  readonly isTrying?: boolean | undefined;
  /** Failures before it do not count: a person released consumption then. */
  readonly ignoreBefore?: number | undefined;
}

/** Keeps the state of a pipeline's breaker. */
export interface BreakerStore {
  read(): Promise<BreakerState>;
  write(state: BreakerState): Promise<void>;
}

const KEY = { pk: { S: 'posts' }, sk: { S: 'breaker' } };

/** Keeps the state in one row of the state table. */
export function breakerRow(TableName: string, client: Pick<DynamoDBClient, 'send'>): BreakerStore {
  return {
    read: async () => {
      const get = new GetItemCommand({ TableName, Key: KEY, ConsistentRead: true });
      const { Item } = await client.send(get);
      return JSON.parse(Item?.['state']?.S ?? '{}') as BreakerState;
    },
    write: async (state) => {
      const Item = { ...KEY, state: { S: JSON.stringify(state) } };
      await client.send(new PutItemCommand({ TableName, Item }));
    },
  };
}
