import { failureOf, type Failure } from '../runtime/errors.js';
import type { SettledRecord } from './batch.js';
import type { Log } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';
import type { RecordQueue } from '../queue/dead-letters.js';

export interface RetrySettings {
  /** The pipeline's id, for dead letters and logs. */
  readonly pipeline: string;
  /** Receives after which SQS gives a message up: the queue's own number. */
  readonly maxReceiveCount: number;
  /** Wait after the first receive; doubled with each further one. */
  readonly retryDelaySeconds: number;
  readonly random?: () => number;
}

export interface SettleContext {
  readonly queue: RecordQueue;
  readonly retry: RetrySettings;
  readonly log: Log;
  readonly meter: Meter;
}

const MAX_DELAY_SECONDS = 900;
const OUT_OF_TIME: Failure = {
  kind: 'transient',
  name: 'OutOfTime',
  message:
    'the function had no time left to begin this message: raise timeout_seconds or lower batch_size',
};

/**
 * True where the message is done with: its Item is posted, it was skipped, or it is among the dead letters. False
 * where it goes back to the queue, after a delay. Never rejects: a record that cannot be put away is not acknowledged.
 */
export async function acknowledges(entry: SettledRecord, context: SettleContext): Promise<boolean> {
  const { outcome } = entry;
  if (outcome.result === 'posted' || outcome.result === 'skipped') {
    if (outcome.result === 'skipped') context.meter.count('MessagesSkipped');
    logOutcome(entry, context, { as: outcome.result });
    return true;
  }
  const failure = outcome.result === 'failed' ? outcome.failure : OUT_OF_TIME;
  const permanent = failure.kind === 'permanent';
  context.meter.count(permanent ? 'RecordsFailedPermanent' : 'RecordsFailedTransient');
  if (permanent || isLastReceive(entry, context.retry)) return giveUp(entry, failure, context);
  await tryAgainLater(entry, failure, context);
  return false;
}

function receiveCount({ record }: SettledRecord): number {
  return Number(record.attributes.ApproximateReceiveCount) || 1;
}

function isLastReceive(entry: SettledRecord, { maxReceiveCount }: RetrySettings): boolean {
  return receiveCount(entry) >= maxReceiveCount;
}

/** Sent first, acknowledged after: a crash in between leaves the message twice, never none. */
async function giveUp(
  entry: SettledRecord,
  failure: Failure,
  context: SettleContext,
): Promise<boolean> {
  const { record, correlationId, itemIds } = entry;
  const { pipeline } = context.retry;
  try {
    const reason = { failure, pipeline, correlationId, itemId: itemIds[0] };
    await context.queue.sendToDeadLetters(record, reason);
    logOutcome(entry, context, { as: 'dead', failure });
    return true;
  } catch (error) {
    const { message } = failureOf(error);
    context.log.error('the dead letter could not be sent: the message goes back to the queue', {
      messageId: record.messageId,
      error: message,
    });
    logOutcome(entry, context, { as: 'retry', failure });
    return false;
  }
}

async function tryAgainLater(
  entry: SettledRecord,
  failure: Failure,
  context: SettleContext,
): Promise<void> {
  const seconds = entry.outcome.result === 'not-started' ? 0 : delaySeconds(entry, context.retry);
  try {
    await context.queue.returnLater(entry.record, seconds);
  } catch (error) {
    // The queue's own visibility time-out brings it back.
    context.log.warn('the visibility of a message could not be changed', {
      messageId: entry.record.messageId,
      error: failureOf(error).message,
    });
  }
  logOutcome(entry, context, { as: 'retry', failure });
}

/** retryDelaySeconds times 2^(receives - 1), 15 minutes at most, with equal jitter. */
function delaySeconds(
  entry: SettledRecord,
  { retryDelaySeconds, random = Math.random }: RetrySettings,
): number {
  const delay = Math.min(MAX_DELAY_SECONDS, retryDelaySeconds * 2 ** (receiveCount(entry) - 1));
  return delay * (0.5 + random() / 2);
}

interface LoggedOutcome {
  readonly as: 'posted' | 'skipped' | 'dead' | 'retry';
  readonly failure?: Failure;
}

const LEVELS = { posted: 'info', skipped: 'info', dead: 'error', retry: 'warn' } as const;

function logOutcome(
  { record, itemIds, correlationId, milliseconds }: SettledRecord,
  { log, retry }: SettleContext,
  { as, failure }: LoggedOutcome,
): void {
  log[LEVELS[as]]('record', {
    pipeline: retry.pipeline,
    itemId: itemIds.length > 1 ? itemIds : itemIds[0],
    messageId: record.messageId,
    correlationId,
    outcome: as,
    milliseconds: Math.round(milliseconds),
    ...(failure && { error: failure.name, reason: failure.message, kind: failure.kind }),
  });
}
