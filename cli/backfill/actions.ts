import {
  isUnfinished,
  pauseBackfill,
  restartBackfill,
  resumeBackfill,
  type BackfillCursor,
} from '../../lambdas/backfill/cursor.js';
import { callPipeline } from '../../lambdas/backfill/query.js';
import { chunkName } from '../../lambdas/backfill/run.js';
import { firstChunk, sourceOf } from '../../lambdas/backfill/settings.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { ReportMissingError } from '../../lambdas/inventory/report-missing.js';
import type { Action, ActionOptions, ActionResult } from './action.js';
import { estimateScan, estimateText, inventoryFor, type ScanEstimate } from './cost.js';
import { describe } from './describe.js';
import { dryRun } from './dry-run.js';
import { progressOf } from './progress.js';
import { progressLines } from './report.js';
import { leaseNotes, mayDiscard } from './notices.js';
import { chosenChunk, commandFor, type BackfillTarget, type InvokeResult } from './target.js';

export const ACTIONS: Readonly<Record<string, Action>> = {
  status,
  start,
  pause,
  resume,
  restart,
  'dry-run': dryRun,
  describe,
};

/** Stages in which the backfill needs attention. */
const FAILED_STAGES = ['failed', 'empty'];
/** Outcomes of the historic function after which the backfill does not continue. */
const STOPPED_OUTCOMES = ['failed', 'empty', 'paused', 'busy', 'handed-over'];

/** Reports the progress or, before the backfill has started, what its first query would cost. */
async function status(target: BackfillTarget): Promise<ActionResult> {
  const cursor = (await target.cursors.read())?.cursor;
  if (cursor === undefined) return statusNotStarted(target);
  const progress = { ...progressOf(cursor, Date.now()), ...interruption(cursor, target) };
  const { counts, ...rest } = progress;
  const isAnother = cursor.source !== sourceOf(target.settings);
  const another = `This progress belongs to another inventory (${cursor.source}): the next start begins from scratch.`;
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
      `  ${isMissing ? estimate.message : estimateText(estimate, target)}`,
      `  ${start}: ${commandFor(target, 'start')}`,
    ],
    json: isMissing
      ? { pipeline: target.pipeline, state: 'not begun', waitingFor: estimate.missing }
      : { pipeline: target.pipeline, state: 'not begun', estimate },
    exitCode: 0,
  };
}

/** Returns the error if the inventory of a deployment is not there yet: then its function waits for it. */
async function estimateOrMissing(
  target: BackfillTarget,
  inventory?: Inventory,
): Promise<ScanEstimate | ReportMissingError> {
  try {
    return await estimateScan(target, inventory);
  } catch (error) {
    if (target.kind === 'aws' && error instanceof ReportMissingError) return error;
    throw error;
  }
}

function interruption(cursor: BackfillCursor, target: BackfillTarget) {
  if (!isUnfinished(cursor) || cursor.paused || target.isRunning(cursor)) return {};
  return { state: 'interrupted', remainingSeconds: undefined, isStalled: false };
}

async function start(target: BackfillTarget, { say }: ActionOptions): Promise<ActionResult> {
  const cursor = (await target.cursors.read())?.cursor;
  if (willQuery(cursor, target)) {
    const isSame = cursor?.source === sourceOf(target.settings);
    const inventory = inventoryFor(target, isSame ? cursor : undefined);
    const estimate = await estimateOrMissing(target, inventory);
    if (!(estimate instanceof ReportMissingError)) say(estimateText(estimate, target));
    await allowStart(target.cursors);
  }
  return invoked(target, await target.invoke('run'), leaseNotes(cursor));
}

/** Lets the function start a chunk again that failed because of its refused rows, which a schedule does not. */
async function allowStart(cursors: BackfillTarget['cursors']): Promise<void> {
  const stored = await cursors.read();
  const failure = stored?.cursor.failure;
  if (stored === undefined || failure?.needsStart !== true) return;
  const cursor = { ...stored.cursor, failure: { ...failure, needsStart: false } };
  await cursors.write(cursor, stored.version);
}

/** Whether a start runs a query, whose cost is then shown first. */
function willQuery(cursor: BackfillCursor | undefined, { settings }: BackfillTarget): boolean {
  if (cursor?.source !== sourceOf(settings)) return true;
  return !cursor.paused && !isUnfinished(cursor) && cursor.stage !== 'complete';
}

async function pause(target: BackfillTarget): Promise<ActionResult> {
  const cursor = await pauseBackfill(target.cursors);
  if (cursor === undefined) return notStarted(target, 'there is nothing to pause');
  const message = isUnfinished(cursor)
    ? 'paused: the current page is still sent'
    : 'paused: no further chunk is started';
  return resultOf(target, 'paused', [message, `To continue: ${commandFor(target, 'resume')}`]);
}

async function resume(target: BackfillTarget): Promise<ActionResult> {
  const cursor = await resumeBackfill(target.cursors);
  if (cursor === undefined) return notStarted(target, 'there is nothing to resume');
  if (isUnfinished(cursor) || cursor.waitingFor !== undefined) {
    return invoked(target, await target.invoke('continue'), leaseNotes(cursor));
  }
  const message = `no longer paused; ${chunkName(cursor.chunk)} is ${cursor.stage}`;
  const next = `To start the next chunk: ${commandFor(target, 'start')}`;
  return resultOf(target, 'resumed', [message, next]);
}

async function restart(target: BackfillTarget, options: ActionOptions): Promise<ActionResult> {
  const { settings, historic } = target;
  const chunk = chosenChunk(options.chunk, target) ?? firstChunk(settings);
  // Fails before the earlier progress is discarded.
  callPipeline('queryInventory', () => historic.pipeline.queryInventory({ chunk }));
  options.say(estimateText(await estimateScan(target), target));
  if (!(await mayDiscard(target, options)))
    return resultOf(target, 'kept', ['nothing was changed']);
  const begin = { source: sourceOf(settings), chunk, now: Date.now() };
  const before = await restartBackfill(target.cursors, begin);
  if (before !== undefined) {
    options.say(`discarded earlier progress: ${before.stage}, ${chunkName(before.chunk)}`);
  }
  return invoked(target, await target.invoke('run'));
}

function invoked(
  target: BackfillTarget,
  { outcome, message, refused = 0, next = [], fault }: InvokeResult,
  notes: readonly string[] = [],
): ActionResult {
  const known: Readonly<Record<string, string>> = {
    paused: `To continue: ${commandFor(target, 'resume')}`,
    empty: `To restart it: ${commandFor(target, 'restart')}`,
  };
  const hint = known[outcome];
  const hints = hint === undefined ? next : [hint];
  const faults = fault === undefined ? [] : [fault];
  const result = resultOf(target, outcome, [message, ...notes, ...faults, ...hints]);
  const isGood = fault === undefined && refused === 0 && !STOPPED_OUTCOMES.includes(outcome);
  return { ...result, exitCode: isGood ? 0 : 1 };
}

function notStarted(target: BackfillTarget, what: string): ActionResult {
  const result = resultOf(target, 'not-begun', [`the backfill has not started: ${what}`]);
  return { ...result, exitCode: 1 };
}

function resultOf(
  { pipeline }: BackfillTarget,
  outcome: string,
  lines: readonly string[],
): ActionResult {
  const [first = '', ...rest] = lines;
  return {
    lines: [`${pipeline}: ${first}`, ...rest.map((line) => `  ${line}`)],
    json: { pipeline, outcome, message: first, notes: rest },
    exitCode: 0,
  };
}
