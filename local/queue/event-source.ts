import { setTimeout as sleep } from 'node:timers/promises';

import type { SQSRecord } from 'aws-lambda';

import type { LocalQueue } from './local-queue.js';

/** Processes batches: a container, or a handler in this thread. */
export interface BatchHandler {
  /** Returns the ids of the messages that failed. Throws if the whole invocation failed. */
  invoke(records: readonly SQSRecord[]): Promise<readonly string[]>;
}

export interface EventSourceOptions {
  readonly queue: LocalQueue;
  readonly handlers: readonly BatchHandler[];
  readonly batchSize: number;
  /** Returns true once no more messages will be sent to the queue. */
  readonly isComplete: () => boolean;
  /** Once this returns true, no further batch is received. */
  readonly isStopped: () => boolean;
  /** Called when the outcome of a record is final, before the record is deleted. */
  readonly onAcknowledged?: (record: SQSRecord) => void;
  readonly onFunctionError?: (error: unknown, records: readonly SQSRecord[]) => void;
}

const POLL_MS = 10;

/**
 * Works like Lambda's event source mapping: receives batches, invokes the handlers, and deletes the messages that did
 * not fail. Resolves when the queue is complete and empty, or stopped.
 */
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
    // In AWS these messages stay hidden until the visibility timeout; a local run need not wait.
    for (const { receiptHandle } of records) queue.changeVisibility(receiptHandle, 0);
    return;
  }
  for (const record of records) {
    if (failed.has(record.messageId)) continue;
    onAcknowledged?.(record);
    queue.delete(record.receiptHandle);
  }
}
