import type { BackfillCursor } from './cursor.js';
import { archivedHint, countsText, reportName, type BackfillOutcome } from './run.js';

/** Returns the outcome for a backfill that has sent everything. */
export function complete({ totals, chunk, range }: BackfillCursor): BackfillOutcome {
  const message = `the ${range === undefined ? 'backfill' : 'repost'} is complete: ${countsText(totals)}`;
  return { outcome: 'complete', chunk, message };
}

/** Returns the outcome for a backfill that a person has paused. */
export function paused({ chunk, range }: BackfillCursor): BackfillOutcome {
  const message = `the ${range === undefined ? 'backfill' : 'repost'} is paused`;
  return { outcome: 'paused', chunk, message };
}

/** Returns the outcome for a chunk that has failed, with the message of its failure. */
export function failedFor(message: string, { chunk }: BackfillCursor): BackfillOutcome {
  return { outcome: 'failed', chunk, message };
}

/** Returns the outcome for a backfill that has sent nothing: no row was selected, or none became a message. */
export function empty(cursor: BackfillCursor): BackfillOutcome {
  const { chunk, totals } = cursor;
  return {
    outcome: 'empty',
    chunk,
    message: totals.rows === 0 ? noRowText(cursor) : noMessageText(cursor),
  };
}

function noRowText(cursor: BackfillCursor): string {
  const { archived = 0 } = cursor.totals;
  const what = `no matching row: the pipeline's query selected no row from ${reportName(cursor)}, so nothing was sent`;
  const todo = archived > 0 ? archivedHint(archived) : '; fix queryInventory in historic.ts';
  if (cursor.range !== undefined) return `${what}${archivedHint(archived)}`;
  return `${what}${todo}, then restart the backfill`;
}

function noMessageText(cursor: BackfillCursor): string {
  return (
    `no message sent: ${countsText(cursor.totals)} from ${reportName(cursor)}; ` +
    `fix rowToMessageBody in historic.ts or the inventory, then ${cursor.range === undefined ? 'restart the backfill' : 'repost again'}`
  );
}
