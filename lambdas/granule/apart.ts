import type { SQSRecord } from 'aws-lambda';
import { withinTime } from './time-budget.js';
import type { RecordQueue } from '../queue/dead-letters.js';
import { failureOf } from '../runtime/errors.js';
import type { Log } from '../runtime/log.js';

/** From this receive on, a message may be one that kills the function. */
const SUSPICIOUS_RECEIVES = 3;
/** The visibility timeout of the queue, in timeouts of the function. */
const VISIBILITY_TIMEOUTS = 6;
const LIMIT_MS = 1_000;

interface ApartContext {
  readonly queue: Pick<RecordQueue, 'returnLater'>;
  readonly log: Log;
  readonly remainingMs: () => number;
  readonly random?: (() => number) | undefined;
}

/**
 * Gives the messages of a batch that were received several times different visibility timeouts, none of which ends before
 * the function. If a message kills the function, the others would otherwise come back at the same moment, in the same
 * batch, as often as that message, and become dead letters with it. Never rejects.
 */
export async function setApart(
  records: readonly SQSRecord[],
  { queue, log, remainingMs, random = Math.random }: ApartContext,
): Promise<void> {
  if (records.length < 2) return;
  const suspicious = records.filter(isSuspicious);
  if (suspicious.length === 0) return;
  const timeout = Math.ceil(remainingMs() / 1000);
  const change = async (): Promise<void> => {
    await Promise.all(
      suspicious.map((record) =>
        queue.returnLater(record, timeout * (1 + random() * (VISIBILITY_TIMEOUTS - 1))),
      ),
    );
  };
  try {
    await withinTime(change, LIMIT_MS, () => `it took more than ${LIMIT_MS} ms`);
  } catch (error) {
    log.warn('could not set the messages of a batch apart; they are processed all the same', {
      error: failureOf(error).message,
    });
  }
}

function isSuspicious({ attributes }: SQSRecord): boolean {
  return Number(attributes.ApproximateReceiveCount) >= SUSPICIOUS_RECEIVES;
}
