import type { BackfillCursor, StoredCursor } from './cursor.js';
import { STARTED_BY_ANOTHER, type BackfillOutcome, type BackfillRun } from './run.js';
import type { ReportMissingError } from '../inventory/report-missing.js';

/** Says what a backfill waits for and what starts it. The resume schedule runs every 15 minutes. */
function waitingText(missing: string): string {
  return (
    `the backfill waits for its inventory: ${missing}. ` +
    'It starts by itself within 15 minutes after the inventory is there; if it is there already, correct inventory_location and deploy again'
  );
}

interface Waiting {
  /** The cursor of a backfill that has not started. */
  readonly cursor: BackfillCursor;
  readonly stored: StoredCursor | undefined;
}

/** Saves that the backfill waits for its inventory, unless that is stored already. */
export async function waitForInventory(
  { missing }: ReportMissingError,
  { cursor, stored }: Waiting,
  { cursors, clock, log }: BackfillRun,
): Promise<BackfillOutcome> {
  const message = waitingText(missing);
  const outcome = { outcome: 'waiting', chunk: cursor.chunk, message } as const;
  const before = stored?.cursor.source === cursor.source ? stored.cursor : undefined;
  if (before?.waitingFor === missing && before.chunk === cursor.chunk) return outcome;
  const waiting: BackfillCursor = {
    ...cursor,
    stage: 'waiting',
    waitingFor: missing,
    failure: undefined,
    startedAt: before?.waitingFor === undefined ? cursor.startedAt : before.startedAt,
    updatedAt: new Date(clock.now()).toISOString(),
  };
  if (!(await cursors.write(waiting, stored?.version))) return STARTED_BY_ANOTHER;
  log.warn('the inventory is not there yet', { missing });
  return outcome;
}
