import { setTimeout as sleep } from 'node:timers/promises';

import type { SQSRecord } from 'aws-lambda';

import type { LocalQueue } from './queue.js';

/** What a batch is given to: a container, or a handler in this thread. Returns the ids that were not acknowledged. */
export interface BatchHandler {
  invoke(records: readonly SQSRecord[]): Promise<readonly string[]>;
}

export interface EventSourceOptions {
  readonly queue: LocalQueue;
  readonly handlers: readonly BatchHandler[];
  readonly batchSize: number;
  /** True once no message will be sent any more. */
  readonly isComplete: () => boolean;
  /** No further batch is begun. */
  readonly isStopped: () => boolean;
  /** Before the record is deleted, when its outcome is known and final. */
  readonly onAcknowledged?: (record: SQSRecord) => void;
  readonly onFunctionError?: (error: unknown, records: readonly SQSRecord[]) => void;
}

const POLL_MS = 10;

/** Lambda's event source mapping: receives batches, invokes, deletes what was acknowledged. Ends with the queue. */
export async function runEventSource(options: EventSourceOptions): Promise<void> {
  await Promise.all(options.handlers.map((handler) => poll(handler, options)));
}

async function poll(handler: BatchHandler, options: EventSourceOptions): Promise<void> {
  const { queue, batchSize, isComplete, isStopped } = options;
  while (!isStopped()) {
    const records = queue.receive(batchSize);
    if (records.length > 0) await invoke(handler, records, options);
    else if (queue.isEmpty && isComplete()) return;
    else await sleep(POLL_MS);
  }
}

async function invoke(
  handler: BatchHandler,
  records: readonly SQSRecord[],
  { queue, onAcknowledged, onFunctionError }: EventSourceOptions,
): Promise<void> {
  let failed: ReadonlySet<string>;
  try {
    failed = new Set(await handler.invoke(records));
  } catch (error) {
    onFunctionError?.(error, records);
    // In AWS these wait for the visibility time-out; here nobody gains by that.
    for (const { receiptHandle } of records) queue.changeVisibility(receiptHandle, 0);
    return;
  }
  for (const record of records) {
    if (failed.has(record.messageId)) continue;
    onAcknowledged?.(record);
    queue.delete(record.receiptHandle);
  }
}
