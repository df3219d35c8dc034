import type { SQSRecord } from 'aws-lambda';
import { MAX_RECEIVE_COUNT } from '../../lambdas/granule/outcome.js';
import { IngestorError } from '../../lambdas/runtime/errors.js';
import { LocalQueue } from '../../local/queue/local-queue.js';
import { exampleHandler } from './granule.js';

const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
const BATCH_SIZE = 100;
/** The default of retry_delay_seconds. */
const RETRY_DELAY_SECONDS = 30;

/** A queue as it is deployed, whose time passes only while all of its messages are hidden. */
export class TimedQueue {
  now = 0;
  /** Bodies that the queue itself moved to its dead-letter queue. */
  readonly moved: string[] = [];
  readonly queue = new LocalQueue({
    clock: () => this.now,
    maxReceiveCount: MAX_RECEIVE_COUNT,
    // Six times the default timeout of a function.
    visibilityTimeoutSeconds: 360,
    deadLetters: { send: (body) => String(this.moved.push(body)) },
  });

  /** Receives batch after batch until the queue is empty, and deletes the messages whose ids `invoke` does not return. */
  async drain(invoke: (records: SQSRecord[]) => Promise<readonly string[]>): Promise<void> {
    while (!this.queue.isEmpty) {
      const records = this.queue.receive(BATCH_SIZE);
      if (records.length === 0) {
        this.wait();
        continue;
      }
      const failed = new Set(await invoke(records));
      for (const { messageId, receiptHandle } of records) {
        if (!failed.has(messageId)) this.queue.delete(receiptHandle);
      }
    }
  }

  /** Passes whole seconds, so that random waits still make batches. */
  private wait(): void {
    const next = this.queue.nextVisibleAt() ?? 0;
    this.now = Math.max(this.now, Math.ceil(next / SECOND) * SECOND);
  }
}

export interface Outage {
  /** How long the ingestor is down, in milliseconds. */
  readonly lastsMs: number;
  readonly messages: number;
  readonly random: () => number;
}

/** Puts messages on a queue while the ingestor is down, and processes them until the queue is empty. */
export async function runOutage({ lastsMs, messages, random }: Outage) {
  const timed = new TimedQueue();
  const { queue } = timed;
  const items = new Set<string>();
  const dead: string[] = [];
  /** Messages in the queue when the outage has lasted for a minute. */
  let depth = 0;
  const { run } = exampleHandler(
    {},
    {
      postItem: ({ id }) => {
        if (timed.now < lastsMs) {
          if (timed.now > MINUTE) depth ||= queue.visibleCount + queue.hiddenCount;
          return Promise.reject(new IngestorError('no response', { kind: 'transient' }));
        }
        items.add(id);
        return Promise.resolve();
      },
      queue: {
        sendToDeadLetters: ({ body }) => {
          dead.push(body);
          return Promise.resolve();
        },
        returnLater: ({ receiptHandle }, seconds) => {
          queue.changeVisibility(receiptHandle, seconds);
          return Promise.resolve();
        },
      },
      retry: {
        pipeline: 'example',
        maxReceiveCount: MAX_RECEIVE_COUNT,
        retryDelaySeconds: RETRY_DELAY_SECONDS,
        random,
      },
    },
  );
  for (let index = 0; index < messages; index += 1) {
    queue.send(JSON.stringify({ name: `i${String(index)}` }));
  }
  await timed.drain(run);
  return { items: items.size, dead: dead.length, moved: timed.moved.length, depth };
}
