import { SQSClient } from '@aws-sdk/client-sqs';
import { deployedTokens, stateTable } from '../ingestor/deployed.js';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import { numberEnv, requiredEnv } from '../runtime/env.js';
import { versionTable, type PostedVersions } from '../ingestor/version-table.js';
import { ingestionTable } from '../ingestor/ingestion-table.js';
import type { IngestionLog } from '../ingestor/pending.js';
import { ingestorReader, type IngestorReader } from '../ingestor/reader.js';
import { jsonLog, type Log } from '../runtime/log.js';
import { embeddedMetrics, type Meter } from '../runtime/metrics.js';
import { once } from '../runtime/once.js';
import { progressRow, type VerifyStore } from './progress.js';
import { verifyQueue, type VerifyQueue } from './queue.js';

/** Everything the verifying function uses: AWS and the ingestor, or stand-ins for them. */
export interface VerifyCollaborators {
  readonly ingestions: IngestionLog;
  readonly getIngestion: IngestorReader['getIngestion'];
  readonly queue: VerifyQueue;
  /** Forgets the version of an Item that was given up, so that an older one can be posted. */
  readonly versions: Pick<PostedVersions, 'forget'>;
  readonly progress: VerifyStore;
  /** Number of times a failed Item is sent again before its message is dead-lettered. */
  readonly maxTries: number;
  readonly log: Log;
  readonly meter: Pick<Meter, 'count' | 'seconds' | 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
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
    clock: systemClock,
    getIngestion,
    ingestions: ingestionTable(tableName, client),
    versions: versionTable(tableName, client),
    progress: progressRow(tableName, client),
    queue: verifyQueue({
      pipeline: requiredEnv('PIPELINE'),
      queueUrl: requiredEnv('QUEUE_URL'),
      deadLettersUrl: requiredEnv('DEAD_LETTERS_URL'),
      sqs: new SQSClient({ requestHandler: AWS_REQUESTS }),
    }),
    maxTries: numberEnv('VERIFY_TRIES', MAX_TRIES),
  };
});
