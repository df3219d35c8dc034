import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { tryParseJson } from '../runtime/json.js';

const LastRunSchema = z.object({
  /** ISO 8601. */
  endedAt: z.string(),
  /** Items that the run looked at. */
  checked: z.number(),
  /** Those of them that are no longer pending. */
  settled: z.number(),
  /** Those that were posted more than a day ago and are still pending. */
  overdue: z.number(),
  /** False if the time did not suffice for all pending Items. */
  isComplete: z.boolean(),
});

/** What the last run of the verifying function did. */
export type LastRun = z.infer<typeof LastRunSchema>;

export interface VerifyProgress {
  /** The position after which the next run starts; undefined means at the beginning. */
  readonly after: string | undefined;
  /** Undefined before the first run, and if an earlier version ran last. */
  readonly lastRun: LastRun | undefined;
}

/** Remembers where the last run stopped, and what it did. */
export interface VerifyStore {
  read(): Promise<VerifyProgress>;
  write(progress: VerifyProgress): Promise<void>;
}

const KEY = { pk: { S: 'verify' }, sk: { S: 'cursor' } };

/** Keeps the progress in one row of the state table. */
export function progressRow(tableName: string, client: Pick<DynamoDBClient, 'send'>): VerifyStore {
  return {
    read: async () => {
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: KEY }));
      const { data } = z.safeParse(LastRunSchema, tryParseJson(Item?.['last_run']?.S ?? ''));
      return { after: Item?.['after']?.S, lastRun: data };
    },
    write: async ({ after, lastRun }) => {
      const Item = {
        ...KEY,
        ...(after !== undefined && { after: { S: after } }),
        ...(lastRun !== undefined && { last_run: { S: JSON.stringify(lastRun) } }),
      };
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
  };
}
