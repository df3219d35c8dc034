import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CachedTokens, type AccessTokens } from './access-token.js';
import { ingestor, type Ingestor } from './client.js';
import { secretReader } from './client-secret.js';
import { TokenTable } from './token-table.js';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { requiredEnv } from '../runtime/env.js';
import type { Log } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';
import { once } from '../runtime/once.js';

/** One DynamoDB client per container, because the client holds the connection pool. */
export const stateTable = once(() => new DynamoDBClient({ requestHandler: AWS_REQUESTS }));

/** Creates a client of the ingestor at INGESTOR_URL. Throws ConfigurationError if a variable is not set. */
export function deployedIngestor(
  log: Log,
  meter: Meter,
  tokens = deployedTokens(log, meter),
): Ingestor {
  return ingestor({
    url: requiredEnv('INGESTOR_URL'),
    tokens,
    onResponse: (milliseconds) => {
      meter.milliseconds('IngestorLatency', milliseconds);
    },
  });
}

/** Gets tokens with the client credentials in SECRET_ARN and shares them through the state table. */
export function deployedTokens(log: Log, meter: Meter): AccessTokens {
  return new CachedTokens({
    log,
    readSecret: secretReader(requiredEnv('SECRET_ARN')),
    store: new TokenTable(requiredEnv('TABLE_NAME'), stateTable()),
    onRequest: () => {
      meter.count('TokenRequests');
      log.info('access token requested');
    },
  });
}
