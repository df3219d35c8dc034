import { addCounts, isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import type { BackfillOutcome } from '../../lambdas/backfill/run.js';
import { sourceOf, type BackfillSettings } from '../../lambdas/backfill/settings.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { refusedOutcome, runBackfill } from '../../local/inventory/run-backfill.js';

type Chunks = Parameters<typeof runBackfill>[1] & {
  readonly historic: HistoricHandler;
  /** Maximum number of chunks. */
  readonly chunks: number;
};

/** Sends chunks one after another. Returns the last outcome, and the number of rows refused in all chunks. */
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
    const isDone = sent >= chunks || outcome.outcome !== 'chunk-done' || run.isStopped?.();
    if (isDone) return { ...outcome, refused };
  }
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
