import { failureOf } from '../../lambdas/runtime/errors.js';
import { parseBody } from '../../lambdas/granule/message.js';

/** A message that was given up, wherever it is kept. */
export interface DeadLetter {
  /** Of the dead letter itself; the message that it once was has another. */
  readonly id: string;
  /** Name of the queue or file that holds it. */
  readonly queue: string;
  readonly body: string;
  /** undefined where nothing recorded one: the function was killed or timed out. */
  readonly reason: string | undefined;
  /** Name of the error. */
  readonly error: string | undefined;
  readonly kind: string | undefined;
  /** ISO times. */
  readonly failedAt: string | undefined;
  readonly sentAt: string | undefined;
  readonly itemId: string | undefined;
  readonly correlationId: string | undefined;
  readonly receiveCount: number | undefined;
  /** Why no handler can read it, if so: sending it again cannot help. */
  readonly malformed: string | undefined;
}

export const NO_REASON = 'no recorded reason (killed or timed out)';

/** undefined where a handler can read the body. */
export function malformationOf(body: string): string | undefined {
  try {
    parseBody(body);
    return undefined;
  } catch (error) {
    return failureOf(error).message;
  }
}

/** When it failed, or else when it was sent. */
export function timeOf({ failedAt, sentAt }: DeadLetter): string {
  return failedAt ?? sentAt ?? '';
}

/** ISO of a time that may be anything; undefined where it is no time. */
export function isoTime(value: string | number | undefined): string | undefined {
  const time = new Date(
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : (value ?? NaN),
  );
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
