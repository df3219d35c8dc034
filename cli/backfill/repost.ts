import {
  changeCursor,
  isUnfinished,
  restartBackfill,
  resumeBackfill,
  type BackfillCursor,
} from '../../lambdas/backfill/cursor.js';
import { callPipeline } from '../../lambdas/backfill/query.js';
import type { RepostRange } from '../../lambdas/backfill/repost-range.js';
import { chunkName } from '../../lambdas/backfill/run.js';
import { sourceOf } from '../../lambdas/backfill/settings.js';
import { UsageError } from '../shared/command.js';
import type { ActionOptions, ActionResult } from './action.js';
import { checkWhere } from './where.js';
import { countChunks } from './count-chunks.js';
import { estimateScan, estimateText, type ScanEstimate } from './cost.js';
import { leaseNotes, mayBegin } from './notices.js';
import { repostTarget, storedRepost } from './repost-target.js';
import { invoked, notStarted, resultOf } from './results.js';
import { withCost } from './start.js';
import { chosenChunk, commandFor, type BackfillTarget } from './target.js';
import { costFrom, wholeCostText, type WholeCost } from './whole-cost.js';

/** The range as the options give it: chunks may be in either order. */
type Wanted = Pick<RepostRange, 'from' | 'to' | 'where'>;

/**
 * Sends a range of chunks again, beside the backfill and on the newest report, to its end. The same command continues a
 * repost of the same range that was stopped.
 */
export async function repost(
  target: BackfillTarget,
  options: ActionOptions,
): Promise<ActionResult> {
  const wanted = wantedOf(target, options);
  await checkWhere(wanted.where, target.settings.inventory);
  const stored = await storedRepost(target);
  if (stored !== undefined && isOpen(stored, target)) {
    if (!isSame(stored.range, wanted)) throw otherRepost(target, stored);
    return goOnWith(stored, target);
  }
  const estimate = await estimateScan(target);
  const range = rangeOf(wanted, { target, estimate });
  const { from } = range;
  callPipeline('queryInventory', () => target.historic.pipeline.queryInventory({ chunk: from }));
  const before = (await target.cursors.read())?.cursor;
  const cost = costFrom(target, estimate, {
    from,
    to: range.to,
    before: range.where ? undefined : before,
  });
  options.say(costText(cost, { target, estimate }));
  const question = `Send ${rangeText(range)} of ${target.pipeline} again?`;
  if (!(await mayBegin(question, options)))
    return resultOf(target, 'kept', ['nothing was started']);
  const begin = { source: sourceOf(target.settings), chunk: from, now: Date.now(), range };
  await restartBackfill(target.reposts.cursors, begin);
  const subject = repostTarget(target);
  const result = invoked(subject, await subject.invoke('run'));
  return withCost(withRange(result, range), cost);
}

/** Ends a repost for good: a run that works on it stops after its page. */
export async function cancel(target: BackfillTarget): Promise<ActionResult> {
  const subject = repostTarget(target);
  const stored = await storedRepost(target);
  if (stored === undefined) return notStarted(subject, 'there is nothing to cancel');
  if (!isOpen(stored, target)) {
    return resultOf(target, 'kept', [`the repost is ${stored.stage}: there is nothing to cancel`]);
  }
  await changeCursor(target.reposts.cursors, (cursor) => ({
    ...cursor,
    stage: 'cancelled',
    paused: false,
  }));
  return resultOf(target, 'cancelled', [
    `the repost of ${rangeText(stored.range)} is cancelled at ${chunkName(stored.chunk)}; messages that were sent stay sent`,
  ]);
}

async function goOnWith(stored: BackfillCursor, target: BackfillTarget): Promise<ActionResult> {
  const subject = repostTarget(target);
  await resumeBackfill(subject.cursors);
  return invoked(subject, await subject.invoke('continue'), leaseNotes(stored));
}

/** Whether a repost has not ended: it may be paused, or have failed. */
function isOpen(cursor: BackfillCursor, { settings }: BackfillTarget): boolean {
  if (cursor.source !== sourceOf(settings)) return false;
  return isUnfinished(cursor) || cursor.stage === 'waiting' || cursor.stage === 'failed';
}

function isSame(range: RepostRange, wanted: Wanted): boolean {
  const ends = (one: Wanted): string => JSON.stringify([one.from, one.to].sort());
  return ends(range) === ends(wanted) && range.where === wanted.where;
}

function otherRepost(target: BackfillTarget, { range, stage }: BackfillCursor): UsageError {
  const what = range === undefined ? '' : ` of ${rangeText(range)}`;
  return new UsageError(
    `another repost${what} of ${target.pipeline} has not ended (${stage}), and there can be one at a time: let it end, or end it with ${commandFor(target, 'cancel')}`,
  );
}

function wantedOf(target: BackfillTarget, options: ActionOptions): Wanted {
  const { where } = options;
  const from = chosenChunk(options.from, target, '--from');
  const to = chosenChunk(options.to, target, '--to');
  if (target.settings.frequencyHours > 0 && (from === undefined || to === undefined)) {
    throw new UsageError(
      `repost requires --from <chunk> and --to <chunk>, the first and the last chunk to send again (missing: ${[from ?? '--from', to ?? '--to'].filter((name) => name.startsWith('--')).join(' and ')})`,
    );
  }
  return { from, to, where };
}

interface RangeInput {
  readonly target: BackfillTarget;
  readonly estimate: ScanEstimate;
}

/** Puts the ends in the order of nextChunk and counts the chunks. Throws UsageError. */
function rangeOf({ from, to, where }: Wanted, { target, estimate }: RangeInput): RepostRange {
  if (from === undefined || to === undefined) return { count: 1, where };
  const { inventoryDate } = estimate;
  const { pipeline } = target.historic;
  for (const [first, last] of [
    [from, to],
    [to, from],
  ] as const) {
    const walk = countChunks(pipeline, { from: first, to: last, inventoryDate });
    if (walk?.last === last) return { from: first, to: last, count: walk.count, where };
  }
  // If nextChunk throws, its error says more.
  callPipeline('nextChunk', () => pipeline.nextChunk(from, { inventoryDate }));
  throw new UsageError(
    `nextChunk leads neither from ${JSON.stringify(from)} to ${JSON.stringify(to)} nor back: give two chunks of ${target.pipeline} with --from and --to`,
  );
}

function costText(cost: WholeCost | undefined, { target, estimate }: RangeInput): string {
  if (cost === undefined) return estimateText(estimate, target);
  const { dt, inventoryDate } = estimate;
  const report = dt === undefined ? `the listing of ${inventoryDate}` : `report ${dt}`;
  return `${report}, ${wholeCostText(cost, target)}`;
}

function rangeText({ from, to, where }: Wanted): string {
  const chunks = from === to ? chunkName(from) : `chunks ${from ?? ''} to ${to ?? ''}`;
  return where === undefined ? chunks : `${chunks} where ${where}`;
}

function withRange(result: ActionResult, range: RepostRange): ActionResult {
  return { ...result, json: { ...result.json, range } };
}
