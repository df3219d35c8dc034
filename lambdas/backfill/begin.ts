import { queryText } from './query.js';
import { chunkName, reportName, type BackfillRun, type HistoricOutcome } from './run.js';
import {
  isUnfinished,
  NO_COUNTS,
  newBackfill,
  type BackfillCursor,
  type StoredCursor,
} from './cursor.js';
import { QueryError } from '../runtime/errors.js';
import { firstChunk, sourceOf } from './settings.js';
import { findReport, scanCostUsd, type InventoryReport } from '../inventory/report.js';

/** Begins what is due, and leaves the work to an invocation of its own. */
export async function beginDue(run: BackfillRun): Promise<HistoricOutcome> {
  const stored = await run.cursors.read();
  const cursor = stored?.cursor;
  const source = sourceOf(run.settings);
  if (cursor?.source !== source) return begin(fresh(run, cursor), stored, run);
  const { chunk } = cursor;
  if (cursor.paused) return { outcome: 'paused', chunk, message: 'the backfill is paused' };
  if (isUnfinished(cursor)) {
    await run.invokeSelf({ action: 'continue' });
    return {
      outcome: 'continued',
      chunk,
      message: `${chunkName(chunk)} is unfinished and goes on`,
    };
  }
  if (cursor.stage === 'complete') return complete(cursor);
  if (cursor.stage !== 'empty') return begin(cursor, stored, run);
  // The schedule would read the same report for nothing; a deployment asks for it.
  if (run.settings.frequencyHours > 0) return empty(cursor);
  return begin(fresh(run, cursor), stored, run);
}

/** The outcome of a backfill that has nothing to do. */
export function complete({ totals, chunk }: BackfillCursor): HistoricOutcome {
  const message = `the backfill is complete: ${totals.rows} rows, ${totals.sent} messages sent`;
  return { outcome: 'complete', chunk, message };
}

export function empty(cursor: BackfillCursor): HistoricOutcome {
  const message =
    `no matching row: the pipeline's query selected nothing of ${reportName(cursor)}, so nothing was sent; ` +
    'look at its queryInventory, then npm run backfill -- <pipeline> restart';
  return { outcome: 'empty', chunk: cursor.chunk, message };
}

function fresh({ settings, clock }: BackfillRun, last: BackfillCursor | undefined): BackfillCursor {
  const begin = { source: sourceOf(settings), chunk: firstChunk(settings), now: clock.now() };
  return { ...newBackfill(begin), attempt: last?.attempt ?? 0 };
}

async function begin(
  cursor: BackfillCursor,
  stored: StoredCursor | undefined,
  run: BackfillRun,
): Promise<HistoricOutcome> {
  const { settings, objects, clock, log } = run;
  const report = await findReport(settings.inventory, objects, cursor.dt);
  checkScan(report, run);
  const begun = begunCursor(cursor, report, clock.now());
  // Not to be run yet: what is wrong with it is to be heard by who deploys.
  await queryText(begun, run);
  if (!(await run.cursors.write(begun, stored?.version))) {
    return { outcome: 'busy', message: 'another run begins the backfill at this moment' };
  }
  const { chunk, dt } = begun;
  const scanUsd = Number(scanCostUsd(report.bytes).toFixed(4));
  log.info('backfill begun', { chunk, dt, files: report.files, bytes: report.bytes, scanUsd });
  await run.invokeSelf({ action: 'continue' });
  const message = `${chunkName(chunk)} of ${reportName(begun)} has begun: ${report.bytes} bytes, at most ${scanUsd} USD for Athena`;
  return { outcome: 'started', chunk, message };
}

function begunCursor(cursor: BackfillCursor, report: InventoryReport, now: number): BackfillCursor {
  const time = new Date(now).toISOString();
  return {
    ...cursor,
    stage: 'pending',
    dt: report.dt,
    inventoryDate: report.inventoryDate,
    bytes: report.bytes,
    attempt: cursor.attempt + 1,
    restarts: 0,
    queryId: undefined,
    result: undefined,
    failure: undefined,
    lease: undefined,
    counts: NO_COUNTS,
    chunkStartedAt: time,
    updatedAt: time,
  };
}

/** ORC and Parquet are not read whole: there the work group's own limit has the last word. */
function checkScan({ bytes }: InventoryReport, { settings }: BackfillRun): void {
  const { maxScanGb, inventory } = settings;
  const readWhole = inventory.format !== 'orc' && inventory.format !== 'parquet';
  if (maxScanGb === undefined || !readWhole || bytes <= maxScanGb * 1e9) return;
  throw new QueryError(
    `a query of this inventory reads ${(bytes / 1e9).toFixed(2)} GB (about ${scanCostUsd(bytes).toFixed(2)} USD), ` +
      `and max_scan_gb is ${maxScanGb}: raise it in config.yaml to allow that`,
    { kind: 'permanent' },
  );
}
