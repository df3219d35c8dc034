import { queryTexts } from './query.js';
import { complete, empty, failedFor, paused } from './outcomes.js';
import {
  chunkName,
  reportName,
  STARTED_BY_ANOTHER,
  type BackfillOutcome,
  type BackfillRun,
} from './run.js';
import type { BackfillEvent } from './collaborators.js';
import { NO_COUNTS } from './counts.js';
import { goOnFor } from './ahead.js';
import { isUnfinished, newBackfill, type BackfillCursor, type StoredCursor } from './cursor.js';
import { failureOf, QueryError } from '../runtime/errors.js';
import { firstChunk, queriesOf, sourceOf } from './settings.js';
import { findReport, scanCostUsd, type InventoryReport } from '../inventory/report.js';
import { ReportMissingError } from '../inventory/report-missing.js';
import { waitForInventory } from './waiting.js';

/**
 * Starts the chunk that is due, and invokes the function again to do the work. With `chunks`, as many chunks follow each
 * other without the schedule.
 */
export async function beginDue(
  run: BackfillRun,
  chunks?: BackfillEvent['chunks'],
): Promise<BackfillOutcome> {
  const source = sourceOf(run.settings);
  if (chunks !== undefined) await goOnFor(run.cursors, { source, chunks });
  const stored = await run.cursors.read();
  const cursor = stored?.cursor;
  if (cursor?.source !== source)
    return begin({ ...fresh(run, cursor), until: chunks }, stored, run);
  const { chunk } = cursor;
  if (cursor.paused) return paused(cursor);
  if (isUnfinished(cursor)) {
    await run.invokeSelf({ action: 'continue' });
    return {
      outcome: 'continued',
      chunk,
      message: `${chunkName(chunk)} is unfinished and continues`,
    };
  }
  if (cursor.waitingFor !== undefined) return begin(awaited(run, cursor), stored, run);
  if (cursor.stage === 'complete') return complete(cursor);
  const isScheduled = run.settings.frequencyHours > 0;
  if (isScheduled && cursor.failure?.needsStart) return failedFor(cursor.failure.message, cursor);
  if (cursor.stage !== 'empty') return begin(cursor, stored, run);
  // On a schedule the same report would be queried again and again; a deployment runs once and may fix the query.
  if (isScheduled) return empty(cursor);
  return begin(fresh(run, cursor), stored, run);
}

/** Starts the repost whose cursor is stored. `run` is a run of the repost. */
export async function beginRepost(run: BackfillRun): Promise<BackfillOutcome> {
  const stored = await run.cursors.read();
  if (stored?.cursor.source !== sourceOf(run.settings))
    return { outcome: 'idle', message: 'no repost of this inventory is stored' };
  const { cursor } = stored;
  const { chunk } = cursor;
  if (cursor.paused) return paused(cursor);
  if (cursor.stage === 'complete') return complete(cursor);
  if (cursor.stage === 'empty') return empty(cursor);
  if (cursor.stage === 'cancelled') return { outcome: 'idle', message: 'the repost was cancelled' };
  if (!isUnfinished(cursor)) return begin(cursor, stored, run);
  await run.invokeSelf({ action: 'continue' });
  return { outcome: 'continued', chunk, message: `${chunkName(chunk)} continues` };
}

/**
 * Starts a backfill that waits for its inventory, if the inventory is there, or a chunk that follows the one before it. A
 * permanent error is also saved in the cursor, because the resume schedule would otherwise repeat it every 15 minutes.
 */
export async function beginByItself(
  stored: StoredCursor,
  run: BackfillRun,
): Promise<BackfillOutcome> {
  const { cursor, version } = stored;
  try {
    const next = cursor.waitingFor === undefined ? cursor : awaited(run, cursor);
    return await begin(next, stored, run);
  } catch (error) {
    const { kind, message } = failureOf(error);
    if (kind === 'permanent') {
      const failure = { message, owner: run.eventId };
      const updatedAt = new Date(run.clock.now()).toISOString();
      const failed = { ...cursor, stage: 'failed' as const, waitingFor: undefined };
      await run.cursors.write({ ...failed, failure, updatedAt }, version);
    }
    throw error;
  }
}

function fresh({ settings, clock }: BackfillRun, last: BackfillCursor | undefined): BackfillCursor {
  const begin = { source: sourceOf(settings), chunk: firstChunk(settings), now: clock.now() };
  return { ...newBackfill(begin), attempt: last?.attempt ?? 0 };
}

/** Nothing has started, so that initial_chunk may have changed since. */
function awaited(run: BackfillRun, cursor: BackfillCursor): BackfillCursor {
  return { ...fresh(run, cursor), until: cursor.until };
}

async function begin(
  cursor: BackfillCursor,
  stored: StoredCursor | undefined,
  run: BackfillRun,
): Promise<BackfillOutcome> {
  const report = await findOrMissing(cursor, run);
  if (report instanceof ReportMissingError)
    return waitForInventory(report, { cursor, stored }, run);
  checkScan(report, run);
  const begun = begunCursor(cursor, report, run);
  // The query is built here only to report its errors to the deployment; it runs in the next invocation.
  await queryTexts(begun, run);
  if (!(await run.cursors.write(begun, stored?.version))) return STARTED_BY_ANOTHER;
  const { chunk, dt } = begun;
  const scanUsd = Number((scanCostUsd(report.bytes) * queriesOf(run.settings)).toFixed(4));
  run.log.info('backfill started', {
    chunk,
    dt,
    files: report.files,
    bytes: report.bytes,
    scanUsd,
  });
  await run.invokeSelf({ action: 'continue' });
  const message = `${chunkName(chunk)} of ${reportName(begun)} has started: ${report.bytes} bytes, at most ${scanUsd} USD for Athena`;
  return { outcome: 'started', chunk, message };
}

/**
 * Returns the error if the report may still come; throws it if config.yaml names the report, or the backfill has read
 * it.
 */
async function findOrMissing(
  { dt, inventoryDate, range }: BackfillCursor,
  { settings: { inventory }, objects }: BackfillRun,
): Promise<InventoryReport | ReportMissingError> {
  try {
    return await findReport(inventory, objects, dt);
  } catch (error) {
    const mayCome =
      range === undefined && inventoryDate === undefined && inventory.pinnedDt === undefined;
    if (mayCome && error instanceof ReportMissingError) return error;
    throw error;
  }
}

function begunCursor(
  cursor: BackfillCursor,
  report: InventoryReport,
  { clock, settings: { inventory } }: BackfillRun,
): BackfillCursor {
  const time = new Date(clock.now()).toISOString();
  return {
    ...cursor,
    stage: 'pending',
    dt: report.dt,
    listing: report.dt === undefined ? inventory.location : undefined,
    inventoryDate: report.inventoryDate,
    bytes: report.bytes,
    attempt: cursor.attempt + 1,
    restarts: 0,
    queryId: undefined,
    archivedQueryId: undefined,
    result: undefined,
    failure: undefined,
    lease: undefined,
    counts: NO_COUNTS,
    firstRefused: undefined,
    chunkStartedAt: time,
    updatedAt: time,
  };
}

/** Does not check ORC and Parquet, which a query reads only in part: there the limit of the work group applies. */
function checkScan({ bytes }: InventoryReport, { settings }: BackfillRun): void {
  const { maxScanGb, inventory } = settings;
  const readWhole = inventory.format !== 'orc' && inventory.format !== 'parquet';
  if (maxScanGb === undefined || !readWhole || bytes <= maxScanGb * 1e9) return;
  throw new QueryError(
    `a query of this inventory scans ${(bytes / 1e9).toFixed(2)} GB (about ${scanCostUsd(bytes).toFixed(2)} USD), ` +
      `which exceeds max_scan_gb (${maxScanGb}): raise it in config.yaml to allow this`,
    { kind: 'permanent' },
  );
}
