import { BREAKER, type Hold } from '../../lambdas/hold/hold-row.js';
import { isOff } from '../../lambdas/hold/mapping.js';
import { ConsumptionError, type DeployedConsumption } from '../shared/consumption.js';

/** What a command did to the consumption of one pipeline. */
export type HoldResult = { readonly pipeline: string } & (
  | {
      /** `unchanged`: it was held already, and has no other reason now. */
      readonly result: 'held' | 'unchanged';
      readonly hold: Hold;
    }
  | {
      /** `released` also if it was switched off without a hold, or the hold was only recorded. */
      readonly result: 'released' | 'not held';
      /** The hold until now. */
      readonly hold: Hold | undefined;
    }
  | { readonly result: 'not deployed' | 'failed'; readonly error: string }
);

export interface HoldRequest {
  readonly pipeline: string;
  readonly consumption: DeployedConsumption;
  readonly reason?: string | undefined;
  /** ARN of the caller. */
  readonly by?: string | undefined;
  readonly now?: () => number;
}

/**
 * Stops consumption. The hold is recorded first, so that an interrupted command leaves its reason. One that is held
 * already keeps the time since when, and gets the new reason if there is one; one that the breaker holds becomes the
 * caller's. Throws ConsumptionError.
 */
export async function hold({
  pipeline,
  consumption,
  reason,
  by,
  now = Date.now,
}: HoldRequest): Promise<HoldResult> {
  const { mapping, hold: before } = await consumption.read();
  const isNew =
    before === undefined ||
    before.by === BREAKER ||
    (reason !== undefined && reason !== before.reason);
  const since = before?.since ?? new Date(now()).toISOString();
  const after = isNew ? { since, by, reason } : before;
  if (isNew) await consumption.holds.write(after);
  const wasOff = isOff(mapping);
  // Also if it is about to be disabled: the command returns when it is.
  await consumption.switch(mapping, false);
  return { pipeline, result: isNew || !wasOff ? 'held' : 'unchanged', hold: after };
}

/**
 * Starts consumption, and removes the record of the hold last: an interrupted command is completed by a further one.
 * Throws ConsumptionError.
 */
export async function release({
  pipeline,
  consumption,
}: Pick<HoldRequest, 'pipeline' | 'consumption'>): Promise<HoldResult> {
  const { mapping, hold: before } = await consumption.read();
  await consumption.switch(mapping, true);
  if (before !== undefined) await consumption.holds.remove();
  const wasHeld = before !== undefined || isOff(mapping);
  return { pipeline, result: wasHeld ? 'released' : 'not held', hold: before };
}

/** Returns a failure as a result, so that the other pipelines go on. Other errors are thrown. */
export async function settled(
  pipeline: string,
  work: () => Promise<HoldResult>,
): Promise<HoldResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConsumptionError)) throw error;
    const { message, isMissing } = error;
    return { pipeline, result: isMissing ? 'not deployed' : 'failed', error: message };
  }
}
