import { createHash } from 'node:crypto';
import type { BackfillRun } from './run.js';
import { NO_COUNTS } from './counts.js';
import type { BackfillCursor } from './cursor.js';
import { backoffMs } from '../runtime/retry.js';
import { QueryError } from '../runtime/errors.js';
import { deepenStacks } from '../runtime/trace.js';
import { reasonOf, tracedFailureOf } from '../runtime/unexpected.js';
import { archivedQuery, inventoryQuery } from '../inventory/query.js';
import type { Lease } from './lease.js';

const MAX_RESTARTS = 5;
const RESTART_BACKOFF = { firstMs: 1_000, maxMs: 30_000 };

/** Stage pending: starts the query. The next stage is querying. */
export async function startQuery(lease: Lease, run: BackfillRun): Promise<undefined> {
  const { chunk, dt, attempt, startedAt } = lease.cursor;
  const { engine, log } = run;
  const { select, count } = await queryTexts(lease.cursor, run);
  const start = (sql: string) => {
    // A run that was killed before it saved the query's id computes the same token and gets the same query.
    const token = createHash('sha256')
      .update(JSON.stringify([startedAt, attempt, sql]))
      .digest('hex');
    return engine.start(sql, token);
  };
  const queryId = await start(select);
  const archivedQueryId = count === undefined ? undefined : await start(count);
  log.info('query started', { queryId, archivedQueryId, chunk, dt });
  await lease.save({ stage: 'querying', queryId, archivedQueryId });
  return undefined;
}

interface QueryTexts {
  /** Selects the rows to send. */
  readonly select: string;
  /** Counts the rows that `select` leaves out because their objects are archived. */
  readonly count: string | undefined;
}

/** Returns the SQL for the chunk. Throws QueryError if queryInventory throws or does not return a SELECT. */
export async function queryTexts(
  { chunk, dt, range }: Pick<BackfillCursor, 'chunk' | 'dt' | 'range'>,
  { engine, settings: { inventory, readArchived }, pipeline }: BackfillRun,
): Promise<QueryTexts> {
  const input = {
    dialect: engine.dialect,
    inventory,
    relation: await engine.relation(inventory, dt),
    select: callPipeline('queryInventory', () => pipeline.queryInventory({ chunk })),
    condition: range?.where,
  };
  if (readArchived) return { select: inventoryQuery(input), count: undefined };
  return {
    select: inventoryQuery({ ...input, objects: 'readable' }),
    count: archivedQuery(input),
  };
}

/** Sends the chunk from its first row again, because a new query may return the rows in a different order. */
export async function restartQuery(
  reason: string,
  lease: Lease,
  run: BackfillRun,
): Promise<undefined> {
  const { attempt, restarts } = lease.cursor;
  checkRestarts(reason, lease.cursor, MAX_RESTARTS);
  run.log.warn('restarting the query', { reason, restarts: restarts + 1 });
  await lease.save({
    stage: 'pending',
    attempt: attempt + 1,
    restarts: restarts + 1,
    queryId: undefined,
    archivedQueryId: undefined,
    result: undefined,
    counts: NO_COUNTS,
    firstRefused: undefined,
  });
  await run.clock.sleep(backoffMs(restarts + 1, RESTART_BACKOFF));
  return undefined;
}

/** Throws a permanent QueryError if the query was restarted `max` times or more. */
export function checkRestarts(reason: string, { restarts }: BackfillCursor, max: number): void {
  if (restarts < max) return;
  const times = restarts === 1 ? '1 restart' : `${restarts} restarts`;
  throw new QueryError(`${reason} (after ${times})`, { kind: 'permanent' });
}

/** Calls a function of the pipeline. Its errors become permanent, because a retry would throw them again. */
export function callPipeline<T>(name: string, call: () => T): T {
  deepenStacks();
  try {
    return call();
  } catch (cause) {
    const message = `${name} in historic.ts threw an error: ${reasonOf(cause)}`;
    const error = new QueryError(message, { kind: 'permanent', cause });
    // Lambda logs the stack of the error that the function ends with, but not that of the cause.
    const { stack } = tracedFailureOf(cause);
    if (stack !== undefined) error.stack = `QueryError: ${message}\nCaused by: ${stack}`;
    throw error;
  }
}
