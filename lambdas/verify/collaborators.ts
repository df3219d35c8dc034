import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deployedTokens, stateTable } from '../ingestor/deployed.js';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { numberEnv, requiredEnv } from '../runtime/env.js';
import { ingestionTable, type IngestionLog } from '../ingestor/pending.js';
import { ingestorReader, type IngestorReader } from '../ingestor/reader.js';
import { jsonLog, type Log } from '../runtime/log.js';
import { embeddedMetrics, type Meter } from '../runtime/metrics.js';
import { once } from '../runtime/once.js';
import { verifyQueue, type VerifyQueue } from './queue.js';

/** Everything the verifying function uses: AWS and the ingestor, or stand-ins for them. */
export interface VerifyCollaborators {
  readonly ingestions: IngestionLog;
  readonly getIngestion: IngestorReader['getIngestion'];
  readonly queue: VerifyQueue;
  /** Remembers where the last run stopped; the next run starts after it. */
  readonly cursor: VerifyCursor;
  /** Number of times a failed Item is sent again before its message is dead-lettered. */
  readonly maxTries: number;
  readonly log: Log;
  readonly meter: Pick<Meter, 'publish'>;
}

/** The item id after which the next run starts; undefined means at the beginning. */
export interface VerifyCursor {
  read(): Promise<string | undefined>;
  write(after: string | undefined): Promise<void>;
}

/** The value of `maxTries` if VERIFY_TRIES is not set. */
const MAX_TRIES = 3;

/** The collaborators of a deployed function, built from its environment on the container's first invocation. */
export const deployedVerifyCollaborators = once((): VerifyCollaborators => {
  const [log, meter] = [jsonLog(), embeddedMetrics()];
  const tableName = requiredEnv('TABLE_NAME');
  const client = stateTable();
  const { getIngestion } = ingestorReader({
    url: requiredEnv('INGESTOR_URL'),
    tokens: deployedTokens(log, meter),
  });
  return {
    log,
    meter,
    getIngestion,
    ingestions: ingestionTable(tableName, client),
    cursor: cursorRow(tableName, client),
    queue: verifyQueue({
      pipeline: requiredEnv('PIPELINE'),
      queueUrl: requiredEnv('QUEUE_URL'),
      deadLettersUrl: requiredEnv('DEAD_LETTERS_URL'),
      sqs: new SQSClient({ requestHandler: AWS_REQUESTS }),
    }),
    maxTries: numberEnv('VERIFY_TRIES', MAX_TRIES),
  };
});

const KEY = { pk: { S: 'verify' }, sk: { S: 'cursor' } };

/** Stores the cursor in one row of the state table. */
export function cursorRow(tableName: string, client: Pick<DynamoDBClient, 'send'>): VerifyCursor {
  return {
    read: async () => {
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: KEY }));
      return Item?.['after']?.S;
    },
    write: async (after) => {
      const Item = { ...KEY, ...(after !== undefined && { after: { S: after } }) };
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
  };
}
