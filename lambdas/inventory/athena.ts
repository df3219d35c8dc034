import {
  AthenaClient,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import { failureOf, QueryError } from '../runtime/errors.js';
import type { Inventory } from './inventory.js';
import { sqlName, sqlString } from './query.js';
import type { QueryEngine, QueryState } from './engine.js';
import { lakeFormationAdvice, type TableName } from './lake-formation.js';
import { retry } from '../runtime/retry.js';

type AthenaSender = Pick<AthenaClient, 'send'>;

export interface AthenaOptions {
  readonly workGroup: string;
  readonly database: string;
  readonly table: string;
  readonly client?: AthenaSender;
  readonly clock?: Clock;
}

// A query that ran out of time or memory. A SELECT of many rows does, because Athena writes its result into one file.
// @see https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
const TOO_LARGE_TYPES: readonly (number | undefined)[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 206, 210];
const TOO_LARGE_REASONS =
  /exhausted resources|query (?:has )?timed? ?out|EXCEEDED_TIME_LIMIT|EXCEEDED_\w*MEMORY|exceeded (?:\S+ ){0,4}(?:time|memory) limit/i;
// Reasons for which a failed query may succeed when run again. AthenaError.Retryable is not always set for them.
// @see https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html
const TRANSIENT_REASONS =
  /slow ?down|throttl|too many requests|internal (service )?error|service unavailable|timed? ?out waiting|GENERIC_INTERNAL_ERROR/i;
const THROTTLED = /throttl|TooManyRequests|SlowDown|ServiceUnavailable/i;
const START_TRIES = 6;
const START_TIMEOUT_MS = 60_000;
const START_BACKOFF = { firstMs: 500 };

/** Returns an engine for Athena. The stack's work group sets the location of results and the scan limit. */
export function athenaEngine(options: AthenaOptions): QueryEngine {
  const client = options.client ?? new AthenaClient({ requestHandler: AWS_REQUESTS });
  return {
    dialect: 'athena',
    relation: (inventory, dt) => Promise.resolve(relationOf(options, inventory, dt)),
    start: (sql, token) => startQuery(client, { ...options, sql, token }),
    state: (queryId) => readState(client, queryId, options),
    stop: async (queryId) => {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: queryId }));
    },
  };
}

function relationOf(
  { database, table }: AthenaOptions,
  inventory: Inventory,
  dt: string | undefined,
) {
  const from = `${sqlName(database)}.${sqlName(table)}`;
  // The table of a listing has no partitions.
  if (dt === undefined || inventory.format.startsWith('listing')) return { from };
  return { from, where: `dt = ${sqlString(dt)}` };
}

interface StartInput extends AthenaOptions {
  readonly sql: string;
  readonly token: string;
}

function startQuery(client: AthenaSender, input: StartInput): Promise<string> {
  const { workGroup, database, sql, token, clock = systemClock } = input;
  const command = new StartQueryExecutionCommand({
    QueryString: sql,
    ClientRequestToken: token,
    WorkGroup: workGroup,
    QueryExecutionContext: { Database: database },
  });
  const attempt = async (): Promise<string> => {
    try {
      return (await client.send(command)).QueryExecutionId ?? '';
    } catch (cause) {
      throw startError(cause, input);
    }
  };
  return retry(attempt, {
    tries: START_TRIES,
    deadline: clock.now() + START_TIMEOUT_MS,
    backoff: START_BACKOFF,
    clock,
  });
}

function startError(cause: unknown, table: TableName): QueryError {
  const { name, message } = failureOf(cause);
  // Athena rejects a request immediately only for invalid SQL or missing permissions.
  const permanent = name === 'InvalidRequestException';
  return new QueryError(
    `Athena did not start the query: ${name}: ${message}${lakeFormationAdvice(message, table)}`,
    {
      kind: permanent ? 'permanent' : 'transient',
      cause,
    },
  );
}

async function readState(
  client: AthenaSender,
  queryId: string,
  table: TableName,
): Promise<QueryState> {
  try {
    const answer = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: queryId }));
    return stateOf(answer.QueryExecution ?? {}, table);
  } catch (cause) {
    const { name, message } = failureOf(cause);
    // The caller polls again anyway.
    if (THROTTLED.test(name)) return { state: 'running' };
    throw new QueryError(
      `Athena query ${queryId}: ${name}: ${message}${lakeFormationAdvice(message, table)}`,
      {
        kind: 'transient',
        cause,
      },
    );
  }
}

function stateOf(
  { Status, ResultConfiguration, Statistics }: QueryExecution,
  table: TableName,
): QueryState {
  const reason =
    Status?.StateChangeReason ?? Status?.AthenaError?.ErrorMessage ?? 'no reason given';
  const state = Status?.State;
  if (state === 'SUCCEEDED') {
    const resultHref = ResultConfiguration?.OutputLocation ?? '';
    return { state: 'succeeded', resultHref, scannedBytes: Statistics?.DataScannedInBytes ?? 0 };
  }
  if (state === 'FAILED') {
    const { ErrorType, Retryable } = Status?.AthenaError ?? {};
    if (TOO_LARGE_TYPES.includes(ErrorType) || TOO_LARGE_REASONS.test(reason)) {
      return { state: 'failed', reason, transient: true, tooLarge: true };
    }
    return {
      state: 'failed',
      reason: `${reason}${lakeFormationAdvice(reason, table)}`,
      transient: Retryable === true || TRANSIENT_REASONS.test(reason),
    };
  }
  // Cancelled by a person, or by the work group because the query exceeded max_scan_gb.
  if (state === 'CANCELLED') {
    return { state: 'failed', reason: `cancelled: ${reason}`, transient: false };
  }
  return { state: 'running' };
}
