import type { SQSRecord } from 'aws-lambda';
import { describe, expect, test } from '@jest/globals';

import { type BatchHandler, runEventSource } from '../../../local/queue/event-source.js';
import { LocalQueue } from '../../../local/queue/local-queue.js';

function queueOf(count: number, deadLetters?: LocalQueue): LocalQueue {
  const queue = new LocalQueue({ maxReceiveCount: 3, ...(deadLetters && { deadLetters }) });
  for (let index = 0; index < count; index++) queue.send(String(index));
  return queue;
}

async function drain(queue: LocalQueue, handlers: readonly BatchHandler[], stopAfter = Infinity) {
  const acknowledged: string[] = [];
  const errors: string[] = [];
  await runEventSource({
    queue,
    handlers,
    batchSize: 4,
    isComplete: () => true,
    isStopped: () => acknowledged.length >= stopAfter,
    onAcknowledged: ({ body }) => acknowledged.push(body),
    onFunctionError: (error) => errors.push(String(error)),
  });
  return { acknowledged, errors };
}

describe('the event source', () => {
  test('passes batches to free handlers and deletes the acknowledged messages', async () => {
    const sizes: number[] = [];
    const handler: BatchHandler = {
      invoke: (records) => {
        sizes.push(records.length);
        return Promise.resolve([]);
      },
    };
    const queue = queueOf(10);

    const { acknowledged } = await drain(queue, [handler, handler]);

    expect(acknowledged).toHaveLength(10);
    expect(sizes.sort()).toEqual([2, 4, 4]);
    expect(queue.isEmpty).toBe(true);
  });

  test('redelivers only the failed record of a batch, after its visibility timeout', async () => {
    const queue = queueOf(4);
    let calls = 0;
    const handler: BatchHandler = {
      invoke: ([first]) => {
        if (++calls > 1 || !first) return Promise.resolve([]);
        queue.changeVisibility(first.receiptHandle, 0.02);
        return Promise.resolve([first.messageId]);
      },
    };

    expect((await drain(queue, [handler])).acknowledged).toEqual(['1', '2', '3', '0']);
  });

  test('redelivers a batch whose function failed, until it is dead-lettered', async () => {
    const deadLetters = new LocalQueue();
    const handler: BatchHandler = { invoke: () => Promise.reject(new Error('killed')) };

    const { acknowledged, errors } = await drain(queueOf(2, deadLetters), [handler]);

    expect(acknowledged).toEqual([]);
    expect(errors).toEqual(['Error: killed', 'Error: killed', 'Error: killed']);
    expect(deadLetters.receive().map(({ body }) => body)).toEqual(['0', '1']);
  });

  test('receives no batch after it is stopped', async () => {
    const queue = queueOf(12);
    const seen: SQSRecord[] = [];
    const handler: BatchHandler = {
      invoke: (records) => {
        seen.push(...records);
        return Promise.resolve([]);
      },
    };

    await drain(queue, [handler], 4);

    expect(seen).toHaveLength(4);
    expect(queue.visibleCount).toBe(8);
  });
});
