import { NO_COUNTS } from './counts.js';
import type { BackfillCursor } from './cursor.js';
import type { Lease } from './lease.js';
import { checkRestarts, restartQuery } from './query.js';
import type { BackfillRun } from './run.js';
import type { FailedQuery, QueryState } from '../inventory/engine.js';
import { readText } from '../inventory/objects.js';
import { parseRecords } from '../inventory/result-csv.js';
import { QueryError } from '../runtime/errors.js';
import { backoffMs } from '../runtime/retry.js';

/** Each restart scans the inventory again, and one that is too large will hardly become smaller. */
const MAX_RESTARTS_TOO_LARGE = 1;
const POLL_BACKOFF = { firstMs: 250, maxMs: 5_000 };

/**
 * Stage querying: waits for the query, and for that of the archived objects, until time runs out. The next stage is
 * sending, or pending after a restart.
 */
export async function awaitQuery(lease: Lease, run: BackfillRun): Promise<undefined> {
  const { queryId = '', archivedQueryId } = lease.cursor;
  for (let poll = 1; ; poll += 1) {
    const rows = await run.engine.state(queryId);
    const archived =
      archivedQueryId === undefined ? undefined : await run.engine.state(archivedQueryId);
    const failed = failureAmong([
      [queryId, rows],
      [archivedQueryId, archived],
    ]);
    if (failed !== undefined) return restartFailed(failed, lease, run);
    if (rows.state === 'succeeded' && isEnded(archived)) {
      run.log.info('query succeeded', { queryId, scannedBytes: rows.scannedBytes });
      return saveResult({ rows, archived }, lease, run);
    }
    if (lease.cursor.paused || run.nearEnd()) return undefined;
    await run.clock.sleep(backoffMs(poll, POLL_BACKOFF));
    await lease.renewIfDue();
  }
}

function tooLargeAdvice(chunk: string | undefined): string {
  const what =
    chunk === undefined
      ? 'the query over the whole inventory takes more time or memory than Athena gives it. Read it in chunks: set ' +
        'historic_frequency to the hours between two chunks and initial_chunk in config.yaml, and let queryInventory ' +
        'and nextChunk in historic.ts select one chunk at a time'
      : `the query for chunk ${chunk} takes more time or memory than Athena gives it. Let queryInventory and nextChunk ` +
        'in historic.ts select smaller chunks';
  return `${what}; an ORDER BY, DISTINCT or JOIN makes a query larger, and Athena reads Parquet faster than CSV`;
}

function isEnded(query: QueryState | undefined): query is Ended | undefined {
  return query === undefined || query.state === 'succeeded';
}

type Ended = Extract<QueryState, { readonly state: 'succeeded' }>;

interface QueryFailure {
  /** What failed, and why. */
  readonly reason: string;
  readonly query: FailedQuery;
}

function failureAmong(
  queries: readonly (readonly [id: string | undefined, state: QueryState | undefined])[],
): QueryFailure | undefined {
  for (const [id = '', query] of queries) {
    if (query?.state !== 'failed') continue;
    return { reason: `query ${id} failed: ${query.reason}`, query };
  }
  return undefined;
}

function restartFailed(
  { reason, query }: QueryFailure,
  lease: Lease,
  run: BackfillRun,
): Promise<undefined> {
  if (query.tooLarge === true) {
    const advised = `${reason}: ${tooLargeAdvice(lease.cursor.chunk)}`;
    checkRestarts(advised, lease.cursor, MAX_RESTARTS_TOO_LARGE);
    return restartQuery(advised, lease, run);
  }
  if (!query.transient) throw new QueryError(reason, { kind: 'permanent' });
  return restartQuery(reason, lease, run);
}

async function saveResult(
  { rows, archived }: { readonly rows: Ended; readonly archived: Ended | undefined },
  lease: Lease,
  run: BackfillRun,
): Promise<undefined> {
  const count = archived && (await tryCountIn(archived, run));
  if (archived !== undefined && count === undefined) {
    const reason = `${archived.resultHref} is gone, or is not the count of archived objects`;
    return restartQuery(reason, lease, run);
  }
  await lease.save({
    stage: 'sending',
    result: { href: rows.resultHref, offset: 0, size: 0 },
    scanned: scannedBy([rows, archived], lease.cursor.scanned),
    ...(count !== undefined && { counts: { ...NO_COUNTS, archived: count } }),
  });
  if (count === undefined || count === 0) return undefined;
  run.meter.count('RowsArchived', count);
  run.meter.publish();
  const { chunk } = lease.cursor;
  run.log.warn('archived objects are left out; restore them and set read_archived', {
    archived: count,
    chunk,
  });
  return undefined;
}

/** Adds what queries scanned. DuckDB does not tell it. */
function scannedBy(
  queries: readonly (Ended | undefined)[],
  before: BackfillCursor['scanned'],
): BackfillCursor['scanned'] {
  const bytes = queries.flatMap((query) => query?.scannedBytes ?? []);
  if (bytes.length === 0) return before;
  const sum = bytes.reduce((one, other) => one + other, before?.bytes ?? 0);
  return { bytes: sum, queries: (before?.queries ?? 0) + bytes.length };
}

/** Returns the number that is the only value of a query's result; undefined if the result is gone or not a number. */
async function tryCountIn(
  { resultHref }: Ended,
  { objects }: BackfillRun,
): Promise<number | undefined> {
  const text = await readText(objects, resultHref);
  const [, values = []] = parseRecords(Buffer.from(text ?? ''), true).records;
  return /^\d+$/.test(values[0] ?? '') ? Number(values[0]) : undefined;
}
