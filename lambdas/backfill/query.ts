import { createHash } from 'node:crypto';
import type { BackfillRun } from './run.js';
import { NO_COUNTS, type BackfillCursor } from './cursor.js';
import { backoffMs } from '../runtime/retry.js';
import { QueryError } from '../runtime/errors.js';
import { deepenStacks } from '../runtime/trace.js';
import { reasonOf, tracedFailureOf } from '../runtime/unexpected.js';
import { inventoryQuery } from '../inventory/query.js';
import type { Lease } from './lease.js';

const MAX_RESTARTS = 5;
const RESTART_BACKOFF = { firstMs: 1_000, maxMs: 30_000 };
const POLL_BACKOFF = { firstMs: 250, maxMs: 5_000 };

/** Stage pending: starts the query. The next stage is querying. */
export async function startQuery(lease: Lease, run: BackfillRun): Promise<undefined> {
  const { chunk, dt, attempt, startedAt } = lease.cursor;
  const { engine, log } = run;
  const sql = await queryText(lease.cursor, run);
  // A run that was killed before it saved the query's id computes the same token and gets the same query.
  const token = createHash('sha256')
    .update(JSON.stringify([startedAt, attempt, sql]))
    .digest('hex');
  const queryId = await engine.start(sql, token);
  log.info('query started', { queryId, chunk, dt });
  await lease.save({ stage: 'querying', queryId });
  return undefined;
}

/** Returns the SQL for the chunk. Throws QueryError if queryInventory throws or does not return a SELECT. */
export async function queryText(
  { chunk, dt }: Pick<BackfillCursor, 'chunk' | 'dt'>,
  { engine, settings: { inventory }, pipeline }: BackfillRun,
): Promise<string> {
  return inventoryQuery({
    dialect: engine.dialect,
    inventory,
    relation: await engine.relation(inventory, dt),
    select: callPipeline('queryInventory', () => pipeline.queryInventory({ chunk })),
  });
}

/** Stage querying: waits for the query until time runs out. The next stage is sending, or pending after a restart. */
export async function awaitQuery(lease: Lease, run: BackfillRun): Promise<undefined> {
  const queryId = lease.cursor.queryId ?? '';
  for (let poll = 1; ; poll += 1) {
    const query = await run.engine.state(queryId);
    if (query.state === 'succeeded') {
      const { resultHref: href, scannedBytes } = query;
      run.log.info('query succeeded', { queryId, scannedBytes });
      await lease.save({ stage: 'sending', result: { href, offset: 0, size: 0 } });
      return undefined;
    }
    if (query.state === 'failed') {
      const reason = `query ${queryId} failed: ${query.reason}`;
      if (!query.transient) throw new QueryError(reason, { kind: 'permanent' });
      return restartQuery(reason, lease, run);
    }
    if (lease.cursor.paused || run.nearEnd()) return undefined;
    await run.clock.sleep(backoffMs(poll, POLL_BACKOFF));
    await lease.renewIfDue();
  }
}

/** Sends the chunk from its first row again, because a new query may return the rows in a different order. */
export async function restartQuery(
  reason: string,
  lease: Lease,
  run: BackfillRun,
): Promise<undefined> {
  const { attempt, restarts } = lease.cursor;
  if (restarts >= MAX_RESTARTS) {
    throw new QueryError(`${reason} (after ${restarts} restarts)`, { kind: 'permanent' });
  }
  run.log.warn('restarting the query', { reason, restarts: restarts + 1 });
  await lease.save({
    stage: 'pending',
    attempt: attempt + 1,
    restarts: restarts + 1,
    queryId: undefined,
    result: undefined,
    counts: NO_COUNTS,
    firstRefused: undefined,
  });
  await run.clock.sleep(backoffMs(restarts + 1, RESTART_BACKOFF));
  return undefined;
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
