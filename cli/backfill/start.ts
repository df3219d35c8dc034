import { isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { sourceOf } from '../../lambdas/backfill/settings.js';
import { ReportMissingError } from '../../lambdas/inventory/report-missing.js';
import { PipelineError } from '../../lambdas/runtime/errors.js';
import type { ActionOptions, ActionResult } from './action.js';
import { estimateOrMissing, inventoryFor } from './cost.js';
import { leaseNotes, mayBegin } from './notices.js';
import { invoked, resultOf } from './results.js';
import { noChunks, type BackfillTarget, type InvokeResult } from './target.js';
import { costFrom, firstOf, startText, wholeCostText, type WholeCost } from './whole-cost.js';

/** Starts what is due; with --chunks, as many chunks then follow each other. Tells the cost first. */
export async function start(target: BackfillTarget, options: ActionOptions): Promise<ActionResult> {
  const { say, chunks } = options;
  const cursor = (await target.cursors.read())?.cursor;
  const isSame = cursor?.source === sourceOf(target.settings);
  const before = isSame ? cursor : undefined;
  if (target.kind === 'aws' && chunks !== undefined) return startChunks(target, options, before);
  if (willQuery(cursor, target)) {
    const estimate = await estimateOrMissing(target, inventoryFor(target, before));
    if (!(estimate instanceof ReportMissingError)) say(startText(target, estimate, before));
    await allowStart(target.cursors);
  }
  return invoked(target, await target.invoke('run'), leaseNotes(cursor));
}

async function startChunks(
  target: BackfillTarget,
  options: ActionOptions,
  before: BackfillCursor | undefined,
): Promise<ActionResult> {
  checkChunks(target, options);
  const estimate = await estimateOrMissing(target, inventoryFor(target, before));
  const known = estimate instanceof ReportMissingError ? undefined : estimate;
  const cost =
    known &&
    costFrom(target, known, { from: firstOf(target, before), max: options.chunks, before });
  if (cost !== undefined) options.say(wholeCostText(cost, target));
  const question = `Begin ${cost?.chunks === 1 ? 'this chunk' : 'these chunks'} of ${target.pipeline} now?`;
  if (!(await mayBegin(question, options))) {
    return resultOf(target, 'kept', ['nothing was started']);
  }
  await allowStart(target.cursors);
  const result = await invokeRun(target, options);
  return withCost(invoked(target, result, leaseNotes(before)), cost);
}

/** Rejects --chunks of a deployed pipeline without chunks. */
export function checkChunks(target: BackfillTarget, { chunks }: ActionOptions): void {
  const isAws = target.kind === 'aws';
  if (isAws && chunks !== undefined && target.settings.frequencyHours === 0)
    throw noChunks(target, '--chunks');
}

/** Runs the function; with --chunks, as many chunks then follow each other. Throws PipelineError. */
export async function invokeRun(
  target: BackfillTarget,
  { chunks }: ActionOptions,
): Promise<InvokeResult> {
  const result = await target.invoke('run', chunks === Infinity ? 'all' : chunks);
  if (target.kind === 'aws' && chunks !== undefined) await checkAhead(target);
  return result;
}

/** Adds the cost to the output of --json. */
export function withCost(result: ActionResult, cost: WholeCost | undefined): ActionResult {
  return cost === undefined ? result : { ...result, json: { ...result.json, cost } };
}

/** Thrown if the deployed function does not know what this command asks of it. */
export class OldFunctionError extends PipelineError {
  override readonly name = 'OldFunctionError';
}

/** A function of an earlier version ignores the number of chunks. */
async function checkAhead({ pipeline, cursors }: BackfillTarget): Promise<void> {
  const cursor = (await cursors.read())?.cursor;
  if (cursor === undefined || cursor.until !== undefined) return;
  throw new OldFunctionError(
    `${pipeline}: the deployed function is older than this command and starts one chunk at a time: deploy the pipeline, then start again`,
    { kind: 'permanent' },
  );
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
