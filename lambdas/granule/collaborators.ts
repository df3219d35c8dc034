import { SQSClient } from '@aws-sdk/client-sqs';
import type { RecordResult } from './batch.js';
import type { RetrySettings, Settlement } from './outcome.js';
import type { BatchContext } from './posts.js';
import { deployedIngestor, stateTable } from '../ingestor/deployed.js';
import { ingestionTable } from '../ingestor/pending.js';
import { recordQueue, type RecordQueue } from '../queue/dead-letters.js';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { numberEnv, optionalEnv, requiredEnv } from '../runtime/env.js';
import { jsonLog } from '../runtime/log.js';
import { embeddedMetrics } from '../runtime/metrics.js';
import { once } from '../runtime/once.js';
import { hrefSource } from '../source/href.js';

/** Everything a granule handler uses outside the pipeline itself: AWS and the ingestor, or stand-ins for them. */
export interface GranuleCollaborators extends Omit<BatchContext, 'remainingMs'> {
  readonly queue: RecordQueue;
  readonly retry: RetrySettings;
  /** Receives what became of each record. A local run counts Items by message with it, not by attempt. */
  readonly onSettled?: ((result: RecordResult, settlement: Settlement) => void) | undefined;
}

/** Number of receives before a message is dead-lettered, if MAX_RECEIVE_COUNT is not set. */
export const MAX_RECEIVE_COUNT = 5;
/** Seconds before the second receive of a message, if RETRY_DELAY_SECONDS is not set. */
const RETRY_DELAY_SECONDS = 30;

/** The collaborators of a deployed function, built from its environment on the container's first invocation. */
export const deployedCollaborators = once((): GranuleCollaborators => {
  const [log, meter] = [jsonLog(), embeddedMetrics()];
  const region = optionalEnv('SOURCE_REGION');
  return {
    log,
    meter,
    stacApiUrl: optionalEnv('STAC_API_URL'),
    source: hrefSource({
      requesterPays: optionalEnv('REQUESTER_PAYS') === 'true',
      ...(region !== undefined && { region }),
    }),
    postItem: deployedIngestor(log, meter).postItem,
    recordIngestion: recordIngestion(),
    queue: recordQueue({
      queueUrl: requiredEnv('QUEUE_URL'),
      deadLettersUrl: requiredEnv('DEAD_LETTERS_URL'),
      sqs: new SQSClient({ requestHandler: AWS_REQUESTS }),
    }),
    retry: {
      pipeline: requiredEnv('PIPELINE'),
      maxReceiveCount: numberEnv('MAX_RECEIVE_COUNT', MAX_RECEIVE_COUNT),
      retryDelaySeconds: numberEnv('RETRY_DELAY_SECONDS', RETRY_DELAY_SECONDS),
    },
  };
});

/** Returns undefined without verify_ingestion; the function then writes only its token to the state table. */
function recordIngestion(): GranuleCollaborators['recordIngestion'] {
  if (optionalEnv('VERIFY_INGESTION') !== 'true') return undefined;
  return ingestionTable(requiredEnv('TABLE_NAME'), stateTable()).record;
}
