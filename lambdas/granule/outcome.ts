import { failureOf, type Failure } from '../runtime/errors.js';
import { excerpt } from '../runtime/text.js';
import { backfillOf } from '../queue/attributes.js';
import type { RecordResult } from './batch.js';
import type { Log, LogFields } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';
import type { RecordQueue } from '../queue/dead-letters.js';

export interface RetrySettings {
  /** The pipeline's id, which appears in dead letters and logs. */
  readonly pipeline: string;
  /** Number of receives before a message is dead-lettered; the queue's redrive policy has the same number. */
  readonly maxReceiveCount: number;
  /** The wait after the first receive; it doubles with each further receive. */
  readonly retryDelaySeconds: number;
  readonly random?: () => number;
}

export interface SettleContext {
  readonly queue: RecordQueue;
  readonly retry: RetrySettings;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Number of receives before a message is dead-lettered, if MAX_RECEIVE_COUNT is not set. With the default retry delay the
 * waits between ten receives are at least 38 minutes in all, so that an outage of 37 minutes makes no dead letter.
 */
export const MAX_RECEIVE_COUNT = 10;
const MAX_DELAY_SECONDS = 900;

/** Whether the queue may delete the message (`done`) or delivers it again (`retry`). */
export type Settlement = 'done' | 'retry';

/**
 * Decides what happens to a message and carries it out. A message is done if its Items were posted, if it was skipped, or once
 * it is in the dead-letter queue; otherwise it becomes visible again after a delay. A skipped message of a backfill has
 * failed. Never rejects: if the message cannot be sent to the dead-letter queue, it is retried.
 */
export async function settle(given: RecordResult, context: SettleContext): Promise<Settlement> {
  const entry = withoutLostRow(given, context);
  const { outcome } = entry;
  if (!('failure' in outcome)) {
    if (outcome.result === 'skipped') context.meter.count('MessagesSkipped');
    logOutcome(entry, context, { as: outcome.result });
    return 'done';
  }
  const { failure } = outcome;
  const permanent = failure.kind === 'permanent';
  context.meter.count(permanent ? 'RecordsFailedPermanent' : 'RecordsFailedTransient');
  if (permanent || isLastReceive(entry, failure, context.retry))
    return deadLetter(entry, failure, context);
  await retryLater(entry, failure, context);
  return 'retry';
}

/**
 * The messages of a topic may be about other datasets, but a backfill sends only messages that its own pipeline wrote.
 * One that names no granule is a row of the inventory that would be lost without a trace.
 */
function withoutLostRow(entry: RecordResult, { meter }: SettleContext): RecordResult {
  const { record, outcome } = entry;
  if (outcome.result !== 'skipped' || outcome.namesGranule === true) return entry;
  if (backfillOf(record) === undefined) return entry;
  meter.count('BackfillMessagesSkipped');
  return { ...entry, outcome: { result: 'failed', failure: noGranule(record.body) } };
}

function noGranule(body: string): Failure {
  return {
    kind: 'permanent',
    name: 'MessageError',
    message:
      // In quotes, so that npm run redrive counts messages that differ only in their bodies as one group.
      `the message names no granule that app.ts knows: '${excerpt(body)}'; the backfill of this pipeline sent it, ` +
      'so compare rowToMessageBody in historic.ts with parseMessage in app.ts, which skipped it',
  };
}

function receiveCount({ attributes }: RecordResult['record']): number {
  return Number(attributes.ApproximateReceiveCount) || 1;
}

function isLastReceive(
  entry: RecordResult,
  { maxReceives = Infinity }: Failure,
  { maxReceiveCount }: RetrySettings,
): boolean {
  return receiveCount(entry.record) >= Math.min(maxReceives, maxReceiveCount);
}

/** Sends before the queue deletes: a crash in between duplicates the message instead of losing it. */
async function deadLetter(
  entry: RecordResult,
  failure: Failure,
  context: SettleContext,
): Promise<Settlement> {
  const { record, correlationId, itemIds } = entry;
  const { pipeline } = context.retry;
  try {
    const reason = { failure, pipeline, correlationId, itemId: itemIds[0] };
    await context.queue.sendToDeadLetters(record, reason);
    logOutcome(entry, context, { as: 'dead', failure });
    return 'done';
  } catch (error) {
    const { message } = failureOf(error);
    context.log.error('could not send the message to the dead-letter queue; it will be retried', {
      messageId: record.messageId,
      error: message,
    });
    logOutcome(entry, context, { as: 'retry', failure });
    return 'retry';
  }
}

async function retryLater(
  entry: RecordResult,
  failure: Failure,
  context: SettleContext,
): Promise<void> {
  const seconds = needsNoWait(entry) ? 0 : delaySeconds(entry, context.retry);
  try {
    await context.queue.returnLater(entry.record, seconds);
  } catch (error) {
    // The message becomes visible anyway, after the queue's own visibility timeout.
    context.log.warn('could not change the visibility timeout of a message', {
      messageId: entry.record.messageId,
      error: failureOf(error).message,
    });
  }
  logOutcome(entry, context, { as: 'retry', failure });
}

/** What was not started may start at once, but only once: while something hangs, each receive would end like this. */
function needsNoWait(entry: RecordResult): boolean {
  return entry.outcome.result === 'not-started' && receiveCount(entry.record) === 1;
}

/**
 * The visibility timeout: retryDelaySeconds * 2^(receives - 1), at most 15 minutes, with equal jitter. Unlike a retry
 * within a process it keeps half of the wait fixed, because each receive counts towards maxReceiveCount.
 */
function delaySeconds(
  entry: RecordResult,
  { retryDelaySeconds, random = Math.random }: RetrySettings,
): number {
  const delay = Math.min(
    MAX_DELAY_SECONDS,
    retryDelaySeconds * 2 ** (receiveCount(entry.record) - 1),
  );
  return delay * (0.5 + random() / 2);
}

interface LoggedOutcome {
  readonly as: 'posted' | 'superseded' | 'skipped' | 'dead' | 'retry';
  readonly failure?: Failure;
}

const LEVELS = {
  posted: 'info',
  superseded: 'info',
  skipped: 'info',
  dead: 'error',
  retry: 'warn',
} as const;

function logOutcome(
  { record, itemIds, correlationId, about, milliseconds, outcome }: RecordResult,
  { log, retry }: SettleContext,
  { as, failure }: LoggedOutcome,
): void {
  log[LEVELS[as]]('record', {
    pipeline: retry.pipeline,
    itemId: itemIds.length > 1 ? itemIds : itemIds[0],
    messageId: record.messageId,
    correlationId,
    outcome: as,
    ...(about !== undefined && { about }),
    milliseconds: Math.round(milliseconds),
    ...(outcome.result === 'superseded' && { supersededBy: outcome.by }),
    ...((as === 'retry' || as === 'dead') && { receiveCount: receiveCount(record) }),
    ...(failure && fieldsOf(failure)),
  });
}

function fieldsOf({ name, message, kind, stack }: Failure): LogFields {
  return { error: name, reason: message, kind, ...(stack !== undefined && { stack }) };
}
