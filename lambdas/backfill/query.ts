import { createHash } from 'node:crypto';
import type { BackfillRun } from './run.js';
import { NO_COUNTS, type BackfillCursor } from './cursor.js';
import { backoffMs } from '../runtime/retry.js';
import { failureOf, QueryError } from '../runtime/errors.js';
import { inventoryQuery } from '../inventory/query.js';
import type { Lease } from './lease.js';

const MAX_RESTARTS = 5;
const RESTART_BACKOFF = { firstMs: 1_000, maxMs: 30_000 };
const POLL_BACKOFF = { firstMs: 250, maxMs: 5_000 };

/** pending -> querying */
export async function startQuery(lease: Lease, run: BackfillRun): Promise<undefined> {
  const { chunk, dt, attempt, startedAt } = lease.cursor;
  const { engine, log } = run;
  const sql = await queryText(lease.cursor, run);
  // The same for a run that was killed before it could save the query's id.
  const token = createHash('sha256')
    .update(JSON.stringify([startedAt, attempt, sql]))
    .digest('hex');
  const queryId = await engine.start(sql, token);
  log.info('query started', { queryId, chunk, dt });
  await lease.save({ stage: 'querying', queryId });
  return undefined;
}

/** What the engine is to run for the chunk. Throws what is wrong with the pipeline's SELECT. */
export async function queryText(
  { chunk, dt }: Pick<BackfillCursor, 'chunk' | 'dt'>,
  { engine, settings: { inventory }, pipeline }: BackfillRun,
): Promise<string> {
  return inventoryQuery({
    dialect: engine.dialect,
    inventory,
    relation: await engine.relation(inventory, dt),
    select: askPipeline('queryInventory', () => pipeline.queryInventory({ chunk })),
  });
}

/** querying -> sending, or as it was when the time is used up. */
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

/** From the chunk's first row: another query may give the rows in another order. */
export async function restartQuery(
  reason: string,
  lease: Lease,
  run: BackfillRun,
): Promise<undefined> {
  const { attempt, restarts } = lease.cursor;
  if (restarts >= MAX_RESTARTS) {
    throw new QueryError(`${reason} (after ${restarts} restarts)`, { kind: 'permanent' });
  }
  run.log.warn('query is started again', { reason, restarts: restarts + 1 });
  await lease.save({
    stage: 'pending',
    attempt: attempt + 1,
    restarts: restarts + 1,
    queryId: undefined,
    result: undefined,
    counts: NO_COUNTS,
  });
  await run.clock.sleep(backoffMs(restarts + 1, RESTART_BACKOFF));
  return undefined;
}

/** What an author's function throws is a fault of the pipeline, which no retry mends. */
export function askPipeline<T>(name: string, ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    throw new QueryError(`${name} of the pipeline threw: ${failureOf(cause).message}`, {
      kind: 'permanent',
      cause,
    });
  }
}
