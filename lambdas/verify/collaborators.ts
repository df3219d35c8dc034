import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deployedTokens, stateTable } from '../granule/collaborators.js';
import { numberEnv, requiredEnv } from '../runtime/env.js';
import { ingestionTable } from '../ingestor/pending.js';
import { ingestorReader } from '../ingestor/reader.js';
import { jsonLog } from '../runtime/log.js';
import { embeddedMetrics } from '../runtime/metrics.js';
import type { VerifyCollaborators, VerifyCursor } from './handler.js';
import { verifyQueue } from './queue.js';

const MAX_TRIES = 3;

let deployed: VerifyCollaborators | undefined;

/** Built once for a container, on its first invocation. */
export function deployedVerifyCollaborators(): VerifyCollaborators {
  return (deployed ??= make());
}

function make(): VerifyCollaborators {
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
      sqs: new SQSClient(),
    }),
    maxTries: numberEnv('VERIFY_TRIES', MAX_TRIES),
  };
}

const KEY = { pk: { S: 'verify' }, sk: { S: 'cursor' } };

/** One row of the state table. */
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
