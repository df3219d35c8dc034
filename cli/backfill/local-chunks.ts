import { goesOn } from '../../lambdas/backfill/ahead.js';
import { addCounts } from '../../lambdas/backfill/counts.js';
import { isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import type { BackfillOutcome } from '../../lambdas/backfill/run.js';
import { sourceOf, type BackfillSettings } from '../../lambdas/backfill/settings.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { refusedOutcome, runBackfill } from '../../local/inventory/run-backfill.js';

type Chunks = Parameters<typeof runBackfill>[1] & {
  readonly historic: HistoricHandler;
  /** Maximum number of chunks. */
  readonly chunks: number;
};

/** Outcomes after which a chunk still has rows to send. */
const UNFINISHED: readonly BackfillOutcome['outcome'][] = ['started', 'continued', 'handed-over'];

/**
 * Sends chunks one after another. Returns the last outcome, and the number of rows refused in all chunks. The message
 * says so if the run was stopped before it had sent all of them, be it within a chunk or between two.
 */
export async function sendChunks({
  historic,
  chunks,
  ...run
}: Chunks): Promise<BackfillOutcome & { readonly refused: number }> {
  let refused = 0;
  for (let sent = 1; ; sent += 1) {
    const outcome = await runBackfill(historic, run).catch((error: unknown) =>
      refusedOutcome(error, run.cursors),
    );
    refused += outcome.counts?.refused ?? 0;
    const hasNext = sent < chunks && outcome.outcome === 'chunk-done';
    if (hasNext && !run.isStopped?.()) continue;
    const cursor = (await run.reposts?.read())?.cursor;
    const isOpen = hasNext || (cursor !== undefined && goesOn(cursor));
    const message = messageOf(outcome, isOpen, cursor !== undefined);
    return { ...outcome, message, refused: cursor === undefined ? refused : refusedOf(cursor) };
  }
}

function messageOf(
  { outcome, message }: BackfillOutcome,
  hasNext: boolean,
  isRepost: boolean,
): string {
  const stopped = `stopped early; ${isRepost ? 'the same command' : 'start'} continues from there`;
  if (UNFINISHED.includes(outcome)) return stopped;
  return hasNext ? `${message}; ${stopped}` : message;
}

/** The refused rows of all chunks of a repost, which one invocation after the other sends. */
function refusedOf({ totals, counts }: BackfillCursor): number {
  return addCounts(totals, counts).refused;
}

/** Whether no dead letter has to be kept: a chunk that failed starts from its first row. */
export function nothingRefused(
  cursor: BackfillCursor | undefined,
  settings: BackfillSettings,
): boolean {
  if (cursor?.source !== sourceOf(settings)) return true;
  const current = isUnfinished(cursor) ? cursor.counts.refused : 0;
  return cursor.totals.refused + current === 0;
}

/** Whether no message has been sent yet, so that any messages a killed run left behind can be overwritten. */
export function nothingSent(
  cursor: BackfillCursor | undefined,
  settings: BackfillSettings,
): boolean {
  if (cursor?.source !== sourceOf(settings)) return true;
  return addCounts(cursor.totals, cursor.counts).sent === 0;
}
