import { failureOf } from '../../lambdas/runtime/errors.js';
import { parseBody } from '../../lambdas/granule/message.js';

/** A message from a dead-letter queue, or from the dead letters of a local run. */
export interface DeadLetter {
  /** Id of the dead letter; it differs from the id of the original message. */
  readonly id: string;
  /** Name of the queue or file. */
  readonly queue: string;
  readonly body: string;
  /** Why it failed; undefined if the function was killed or timed out, so that it recorded nothing. */
  readonly reason: string | undefined;
  /** Class name of the error. */
  readonly error: string | undefined;
  readonly kind: string | undefined;
  /** ISO 8601. */
  readonly failedAt: string | undefined;
  /** ISO 8601. */
  readonly sentAt: string | undefined;
  readonly itemId: string | undefined;
  readonly correlationId: string | undefined;
  readonly receiveCount: number | undefined;
  /** The pipeline whose backfill sent the message; undefined if no backfill did. It is sent again with the body. */
  readonly backfill: string | undefined;
  /** The key of a row that the backfill refused, in which case there is no message to send; otherwise undefined. */
  readonly refusedRow: string | undefined;
  /** Whether it is an event of a function or a schedule and names no granule: a later run does the work again. */
  readonly isEvent?: boolean;
  /** Why no handler can parse the body, in which case a retry cannot help; undefined if it can be parsed. */
  readonly malformed: string | undefined;
}

export const NO_REASON = 'no recorded reason (killed or timed out)';

/** Whether the dead letter is a message that a handler can read. */
export function isSendable({ malformed, refusedRow, isEvent = false }: DeadLetter): boolean {
  return malformed === undefined && refusedRow === undefined && !isEvent;
}

/** Why a body cannot be parsed as a message; undefined if it can. */
export function malformationOf(body: string): string | undefined {
  try {
    parseBody(body);
    return undefined;
  } catch (error) {
    return failureOf(error).message;
  }
}

/** The time of the failure or, if unknown, of sending. */
export function timeOf({ failedAt, sentAt }: DeadLetter): string {
  return failedAt ?? sentAt ?? '';
}

/** Converts a timestamp to ISO 8601; undefined if it is not a valid time. */
export function isoTime(value: string | number | undefined): string | undefined {
  const time = new Date(
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : (value ?? NaN),
  );
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

export interface SendOptions {
  /** Whether to post Items although newer versions of them are in the catalogue. A local run keeps no versions. @default false */
  readonly force?: boolean;
}
