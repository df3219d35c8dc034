import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { breakerRow } from './breaker-state.js';
import { BreakerRun, type BreakerCollaborators, type BreakerResult } from './breaker.js';
import { holdRow } from './hold-row.js';
import { mappingSwitch } from './mapping.js';
import { readTrace } from '../ingestor/post-trace.js';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { systemClock } from '../runtime/clock.js';
import { requiredEnv } from '../runtime/env.js';
import { jsonLog } from '../runtime/log.js';
import { embeddedMetrics } from '../runtime/metrics.js';
import { once } from '../runtime/once.js';

/** Creates the handler of the scheduled function behind circuit_breaker. */
export function breakerHandler(
  collaborators: () => BreakerCollaborators = deployed,
): () => Promise<BreakerResult> {
  return async () => {
    const all = collaborators();
    try {
      return await new BreakerRun(all).run();
    } finally {
      all.meter.publish();
    }
  };
}

const deployed = once((): BreakerCollaborators => {
  const tableName = requiredEnv('TABLE_NAME');
  const table = new DynamoDBClient({ requestHandler: AWS_REQUESTS });
  const lambda = new LambdaClient({ requestHandler: AWS_REQUESTS });
  return {
    mapping: mappingSwitch(requiredEnv('MAPPING_ID'), lambda),
    holds: holdRow(tableName, table),
    store: breakerRow(tableName, table),
    trace: () => readTrace(tableName, table),
    log: jsonLog(),
    meter: embeddedMetrics(),
    clock: systemClock,
  };
});
