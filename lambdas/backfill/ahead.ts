import { changeCursor, type BackfillCursor, type CursorStore } from './cursor.js';

/** Whether the next chunk begins by itself, without waiting for the schedule. */
export function goesOn({ stage, paused, until = 0, chunks }: BackfillCursor): boolean {
  return stage === 'waiting' && !paused && (until === 'all' || chunks < until);
}

/**
 * Lets the next `chunks` chunks, the one at work included, follow each other without the schedule. Returns the cursor, or
 * undefined if there is no backfill of `source`.
 */
export function goOnFor(
  store: CursorStore,
  { source, chunks }: { readonly source: string; readonly chunks: number | 'all' },
): Promise<BackfillCursor | undefined> {
  return changeCursor(store, (cursor) => {
    if (cursor.source !== source) return undefined;
    return { ...cursor, until: chunks === 'all' ? chunks : cursor.chunks + chunks };
  });
}
