import type { BackfillCursor } from '../../lambdas/backfill/cursor.js';
import type { BackfillTarget } from './target.js';

/** The repost of a pipeline as a backfill to act on: its cursor, and what starts and continues it. */
export function repostTarget(target: BackfillTarget): BackfillTarget {
  const { reposts, flags } = target;
  return {
    ...target,
    isRepost: true,
    flags: `${flags} --repost`,
    cursors: reposts.cursors,
    invoke: () => reposts.invoke(),
  };
}

/** The cursor of the repost with its range; undefined if there has been none. */
export async function storedRepost({ reposts }: BackfillTarget): Promise<StoredRepost | undefined> {
  const cursor = (await reposts.cursors.read())?.cursor;
  return cursor?.range === undefined ? undefined : { ...cursor, range: cursor.range };
}

type StoredRepost = BackfillCursor & { readonly range: NonNullable<BackfillCursor['range']> };
