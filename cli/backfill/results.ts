import type { ActionResult } from './action.js';
import { commandFor, type BackfillTarget, type InvokeResult } from './target.js';

/** Outcomes of the historic function after which the backfill does not continue. */
const STOPPED_OUTCOMES = ['failed', 'empty', 'paused', 'busy', 'handed-over'];

/** The result of an action that ran the function. */
export function invoked(
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

/** The result of an action on a backfill that has not started. */
export function notStarted(target: BackfillTarget, what: string): ActionResult {
  const subject = target.isRepost ? 'there has been no repost' : 'the backfill has not started';
  const result = resultOf(target, 'not-begun', [`${subject}: ${what}`]);
  return { ...result, exitCode: 1 };
}

/** A result whose first line begins with the pipeline's name. */
export function resultOf(
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
