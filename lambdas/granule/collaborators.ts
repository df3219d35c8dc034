import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { accessTokens, type AccessTokens } from '../ingestor/access-token.js';
import { secretReader } from '../ingestor/client-secret.js';
import { numberEnv, optionalEnv, requiredEnv } from '../runtime/env.js';
import type { GranuleCollaborators } from '../granule-handler.js';
import { hrefSource } from '../source/href.js';
import { ingestionTable } from '../ingestor/pending.js';
import { ingestor, type Ingestor } from '../ingestor/client.js';
import { jsonLog, type Log } from '../runtime/log.js';
import { embeddedMetrics, type Meter } from '../runtime/metrics.js';
import { recordQueue } from '../queue/dead-letters.js';
import { tokenTable } from '../ingestor/token-table.js';

/** One client a container: it keeps its connections. */
export const stateTable = once(() => new DynamoDBClient());

/** Of the queue, where the environment does not say. */
const MAX_RECEIVE_COUNT = 5;
const RETRY_DELAY_SECONDS = 30;

/** Built once for a container, on its first invocation. */
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
      sqs: new SQSClient(),
    }),
    retry: {
      pipeline: requiredEnv('PIPELINE'),
      maxReceiveCount: numberEnv('MAX_RECEIVE_COUNT', MAX_RECEIVE_COUNT),
      retryDelaySeconds: numberEnv('RETRY_DELAY_SECONDS', RETRY_DELAY_SECONDS),
    },
  };
});

/** The ingestor that INGESTOR_URL names, with tokens from the client credentials in SECRET_ARN. */
export function deployedIngestor(log: Log, meter: Meter): Ingestor {
  return ingestor({
    url: requiredEnv('INGESTOR_URL'),
    tokens: deployedTokens(log, meter),
    onAnswer: (milliseconds) => {
      meter.milliseconds('IngestorLatency', milliseconds);
    },
  });
}

/** undefined without verify_ingestion: then nothing but the token is written. */
function recordIngestion(): GranuleCollaborators['recordIngestion'] {
  if (optionalEnv('VERIFY_INGESTION') !== 'true') return undefined;
  return ingestionTable(requiredEnv('TABLE_NAME'), stateTable()).record;
}

/** Tokens from the client credentials in SECRET_ARN, shared through the state table. */
export function deployedTokens(log: Log, meter: Meter): AccessTokens {
  return accessTokens({
    log,
    readSecret: secretReader(requiredEnv('SECRET_ARN')),
    store: tokenTable(requiredEnv('TABLE_NAME'), stateTable()),
    onRequest: () => {
      meter.count('TokenRequests');
      log.info('access token requested');
    },
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
