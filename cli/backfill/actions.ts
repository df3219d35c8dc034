import {
  isUnfinished,
  newBackfill,
  pauseBackfill,
  restartBackfill,
  resumeBackfill,
} from '../../lambdas/backfill/cursor.js';
import { goesOn } from '../../lambdas/backfill/ahead.js';
import { callPipeline } from '../../lambdas/backfill/query.js';
import { chunkName } from '../../lambdas/backfill/run.js';
import { firstChunk, sourceOf } from '../../lambdas/backfill/settings.js';
import type { Action, ActionOptions, ActionResult } from './action.js';
import { estimateScan } from './cost.js';
import { describe } from './describe.js';
import { dryRun } from './dry-run.js';
import { leaseNotes, mayDiscard } from './notices.js';
import { cancel, repost } from './repost.js';
import { repostTarget } from './repost-target.js';
import { invoked, notStarted, resultOf } from './results.js';
import { checkChunks, invokeRun, start } from './start.js';
import { status } from './status.js';
import { chosenChunk, commandFor, type BackfillTarget } from './target.js';
import { startText } from './whole-cost.js';

export const ACTIONS: Readonly<Record<string, Action>> = {
  status,
  start,
  pause,
  resume,
  restart,
  repost,
  cancel,
  'dry-run': dryRun,
  describe,
};

async function pause(given: BackfillTarget, { repost: of }: ActionOptions): Promise<ActionResult> {
  const target = of ? repostTarget(given) : given;
  const cursor = await pauseBackfill(target.cursors);
  if (cursor === undefined) return notStarted(target, 'there is nothing to pause');
  const message = isUnfinished(cursor)
    ? 'paused: the current page is still sent'
    : 'paused: no further chunk is started';
  return resultOf(target, 'paused', [message, `To continue: ${commandFor(target, 'resume')}`]);
}

async function resume(given: BackfillTarget, options: ActionOptions): Promise<ActionResult> {
  const { repost: of } = options;
  const target = of ? repostTarget(given) : given;
  const cursor = await resumeBackfill(target.cursors);
  if (cursor === undefined) return notStarted(target, 'there is nothing to resume');
  if (of && cursor.stage === 'failed') return invoked(target, await target.invoke('continue'));
  if (isUnfinished(cursor) || goesOn(cursor) || cursor.waitingFor !== undefined) {
    return invoked(target, await target.invoke('continue'), leaseNotes(cursor));
  }
  const message = `no longer paused; ${chunkName(cursor.chunk)} is ${cursor.stage}`;
  const next = of ? [] : [`To start the next chunk: ${commandFor(target, 'start')}`];
  return resultOf(target, 'resumed', [message, ...next]);
}

async function restart(target: BackfillTarget, options: ActionOptions): Promise<ActionResult> {
  const { settings, historic } = target;
  checkChunks(target, options);
  const chunk = chosenChunk(options.chunk, target) ?? firstChunk(settings);
  // Fails before the earlier progress is discarded.
  callPipeline('queryInventory', () => historic.pipeline.queryInventory({ chunk }));
  const estimate = await estimateScan(target);
  const first = { ...newBackfill({ source: '', chunk, now: 0 }) };
  options.say(startText(target, estimate, first));
  if (!(await mayDiscard(target, options)))
    return resultOf(target, 'kept', ['nothing was changed']);
  const begin = { source: sourceOf(settings), chunk, now: Date.now() };
  const before = await restartBackfill(target.cursors, begin);
  if (before !== undefined) {
    options.say(`discarded earlier progress: ${before.stage}, ${chunkName(before.chunk)}`);
  }
  return invoked(target, await invokeRun(target, options));
}
