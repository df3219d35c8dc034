import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { cursorTable } from '../../lambdas/backfill/cursor-table.js';
import { isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { archivedHint, countsText } from '../../lambdas/backfill/run.js';

/** What needs attention of a backfill, one sentence each. */
export function backfillTexts(cursor: BackfillCursor | undefined, now: number): string[] {
  if (cursor?.waitingFor !== undefined)
    return isOverdue(cursor, now) ? [overdueText(cursor.waitingFor)] : [];
  if (cursor?.stage !== 'failed' && cursor?.stage !== 'empty') return [];
  const { failure, totals } = cursor;
  const none = `the inventory query selected no rows${archivedHint(totals.archived)}`;
  const nothing = totals.rows === 0 ? none : countsText(totals);
  const why = failure?.message ?? nothing;
  return [`the backfill ${cursor.stage === 'failed' ? 'failed' : 'found nothing'}: ${why}`];
}

/** What needs attention of a repost. One that found nothing needs none: its condition may hold for no row. */
export function repostTexts(pipeline: string, cursor: BackfillCursor | undefined): string[] {
  if (cursor?.range === undefined || cursor.stage !== 'failed') return [];
  const then = `npm run backfill -- ${pipeline} resume --repost, or cancel`;
  return [`the repost failed: ${cursor.failure?.message ?? ''}; once that is fixed: ${then}`];
}

function overdueText(missing: string): string {
  return `the backfill has waited for its inventory for more than 48 hours: ${missing}; check inventory_location`;
}

/** S3 writes the first report up to 48 hours after an inventory is configured. */
const OVERDUE_MS = 48 * 3_600_000;

/** Whether a backfill has waited for its inventory longer than S3 takes to write the first report. */
export function isOverdue({ waitingFor, startedAt }: BackfillCursor, now: number): boolean {
  return waitingFor !== undefined && now - Date.parse(startedAt) > OVERDUE_MS;
}

/** The state of a backfill in a word or two. */
export function backfillState(cursor: BackfillCursor): string {
  if (cursor.paused) return 'paused';
  return isUnfinished(cursor) ? `running (${cursor.stage})` : cursor.stage;
}

/** Reads the cursor of a backfill or repost; undefined if it has not started. */
export async function readBackfill(
  table: Parameters<typeof cursorTable>[0],
  client: DynamoDBClient,
): Promise<BackfillCursor | undefined> {
  return (await cursorTable(table, client).read())?.cursor;
}
