import { SQSClient } from '@aws-sdk/client-sqs';
import type { RecordResult } from './batch.js';
import { MAX_RECEIVE_COUNT, type RetrySettings, type Settlement } from './outcome.js';
import type { BatchContext } from './posts.js';
import type { AccessTokens } from '../ingestor/access-token.js';
import { deployedIngestor, deployedTokens, stateTable } from '../ingestor/deployed.js';
import { postTracer, traced } from '../ingestor/post-trace.js';
import { versionTable } from '../ingestor/version-table.js';
import { ingestionTable } from '../ingestor/ingestion-table.js';
import { deployedOutputs } from '../outputs/deployed.js';
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

/** Seconds before the second receive of a message, if RETRY_DELAY_SECONDS is not set. */
const RETRY_DELAY_SECONDS = 30;

/** The collaborators of a deployed function, built from its environment on the container's first invocation. */
export const deployedCollaborators = once((): GranuleCollaborators => {
  const [log, meter] = [jsonLog(), embeddedMetrics()];
  const tokens = deployedTokens(log, meter);
  const region = optionalEnv('SOURCE_REGION');
  return {
    log,
    meter,
    stacApiUrl: optionalEnv('STAC_API_URL'),
    codeVersion: codeVersion(),
    source: hrefSource({
      requesterPays: optionalEnv('REQUESTER_PAYS') === 'true',
      ...(region !== undefined && { region }),
    }),
    outputs: deployedOutputs(region),
    postItem: posting(deployedIngestor(log, meter, tokens).postItem),
    recordIngestion: recordIngestion(tokens),
    versions: versionTable(requiredEnv('TABLE_NAME'), stateTable()),
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

function codeVersion(): GranuleCollaborators['codeVersion'] {
  const version = optionalEnv('CODE_VERSION');
  return version === undefined ? undefined : { pipeline: requiredEnv('PIPELINE'), version };
}

/** Returns undefined without verify_ingestion. */
function recordIngestion(tokens: AccessTokens): GranuleCollaborators['recordIngestion'] {
  if (optionalEnv('VERIFY_INGESTION') !== 'true') return undefined;
  const user = () => tokens.user?.();
  return ingestionTable(requiredEnv('TABLE_NAME'), stateTable(), { user }).record;
}

/** Leaves a trace of the posts for the breaker, if there is one. */
function posting(postItem: GranuleCollaborators['postItem']): GranuleCollaborators['postItem'] {
  if (optionalEnv('CIRCUIT_BREAKER') !== 'true') return postItem;
  return traced(postItem, postTracer(requiredEnv('TABLE_NAME'), stateTable()));
}
