import { failureOf } from '../runtime/errors.js';
import { goesOn } from './ahead.js';
import { isUnfinished } from './cursor.js';
import type { BackfillRun } from './run.js';
import { sourceOf } from './settings.js';

/** Returns the run that works on the repost instead of the backfill; undefined without a store for one. */
export function repostOf(run: BackfillRun): BackfillRun | undefined {
  const { reposts, invokeSelf } = run;
  if (reposts === undefined) return undefined;
  return {
    ...run,
    cursors: reposts,
    reposts: undefined,
    invokeSelf: () => invokeSelf({ action: 'continue-repost' }),
  };
}

/**
 * Continues a repost on which no run works, in an invocation of its own. An error is only logged, because it must not stop
 * the backfill, and the resume schedule tries again.
 */
export async function wakeRepost({
  reposts,
  settings,
  clock,
  invokeSelf,
  log,
}: BackfillRun): Promise<void> {
  try {
    const cursor = (await reposts?.read())?.cursor;
    if (cursor?.source !== sourceOf(settings) || cursor.paused) return;
    const isFree = (cursor.lease?.until ?? 0) <= clock.now();
    if (!isFree || !(isUnfinished(cursor) || goesOn(cursor))) return;
    await invokeSelf({ action: 'continue-repost' });
  } catch (error) {
    log.warn('cannot continue the repost', { error: failureOf(error).message });
  }
}
