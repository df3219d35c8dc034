import { isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { sourceOf } from '../../lambdas/backfill/settings.js';
import { ReportMissingError } from '../../lambdas/inventory/report-missing.js';
import type { ActionResult } from './action.js';
import { estimateOrMissing } from './cost.js';
import { startText } from './whole-cost.js';
import { progressOf } from './progress.js';
import { progressLines } from './report.js';
import { repostTarget, storedRepost } from './repost-target.js';
import { commandFor, type BackfillTarget } from './target.js';

/** Stages in which the backfill needs attention. */
const FAILED_STAGES = ['failed', 'empty'];

/** Reports the progress or, before the backfill has started, what its first query would cost. */
export async function status(target: BackfillTarget): Promise<ActionResult> {
  const result = await backfillStatus(target);
  const repost = await storedRepost(target);
  if (repost === undefined) return result;
  const { lines, json, exitCode } = progressResult(repost, repostTarget(target));
  return {
    lines: [...result.lines, ...lines],
    json: { ...result.json, repost: json },
    exitCode: result.exitCode === 1 ? 1 : exitCode,
  };
}

async function backfillStatus(target: BackfillTarget): Promise<ActionResult> {
  const cursor = (await target.cursors.read())?.cursor;
  if (cursor === undefined) return statusNotStarted(target);
  return progressResult(cursor, target);
}

function progressResult(cursor: BackfillCursor, target: BackfillTarget): ActionResult {
  const progress = { ...progressOf(cursor, Date.now()), ...interruption(cursor, target) };
  const { counts, ...rest } = progress;
  const isAnother = cursor.source !== sourceOf(target.settings);
  const then = target.isRepost ? 'it does not go on' : 'the next start begins from scratch';
  const another = `This progress belongs to another inventory (${cursor.source}): ${then}.`;
  return {
    lines: [...progressLines(progress, target), ...(isAnother ? [`  ${another}`] : [])],
    json: { pipeline: target.pipeline, ...counts, ...rest, isAnotherInventory: isAnother },
    exitCode:
      FAILED_STAGES.includes(cursor.stage) || progress.isStalled || progress.isOverdue ? 1 : 0,
  };
}

async function statusNotStarted(target: BackfillTarget): Promise<ActionResult> {
  const estimate = await estimateOrMissing(target);
  const isMissing = estimate instanceof ReportMissingError;
  const { frequencyHours } = target.settings;
  const trigger = frequencyHours > 0 ? 'schedule' : 'deployment';
  const start = target.kind === 'aws' ? `The ${trigger} starts it; to start it now` : 'To start it';
  return {
    lines: [
      `${target.pipeline}: not started`,
      `  ${isMissing ? estimate.message : startText(target, estimate, undefined)}`,
      `  ${start}: ${commandFor(target, 'start')}`,
    ],
    json: isMissing
      ? { pipeline: target.pipeline, state: 'not begun', waitingFor: estimate.missing }
      : { pipeline: target.pipeline, state: 'not begun', estimate },
    exitCode: 0,
  };
}

function interruption(cursor: BackfillCursor, target: BackfillTarget) {
  if (!isUnfinished(cursor) || cursor.paused || target.isRunning(cursor)) return {};
  return { state: 'interrupted', remainingSeconds: undefined, isStalled: false };
}
