import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';

import { LocalQueue, MAX_RECEIVE } from '../../../local/queue/local-queue.js';

function startQueue(options: { maxReceiveCount?: number; deadLetters?: LocalQueue } = {}) {
  let now = 1_700_000_000_000;
  const queue = new LocalQueue({ visibilityTimeoutSeconds: 30, clock: () => now, ...options });
  return {
    queue,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

/** Bytes that are in use after a garbage collection, so that a busy machine, which collects later, changes nothing. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('an in-memory queue', () => {
  test('delivers records in the shape of SQS', () => {
    const { queue } = startQueue();

    const messageId = queue.send('{"a":1}', { attributes: { reason: 'why' } });

    expect(queue.receive()).toEqual([
      {
        messageId,
        receiptHandle: `${messageId}#1`,
        body: '{"a":1}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '1700000000000',
          SenderId: 'AIDALOCAL',
          ApproximateFirstReceiveTimestamp: '1700000000000',
        },
        messageAttributes: {
          reason: {
            stringValue: 'why',
            stringListValues: [],
            binaryListValues: [],
            dataType: 'String',
          },
        },
        md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:local:000000000000:granules',
        awsRegion: 'local',
      },
    ]);
  });

  test('returns up to ten messages by default, in the order of sending', () => {
    const { queue } = startQueue();
    for (let index = 0; index < 25; index++) queue.send(String(index));

    expect(queue.receive().map(({ body }) => body)).toEqual(
      Array.from({ length: MAX_RECEIVE }, (_, index) => String(index)),
    );
    expect(queue.receive(100)).toHaveLength(15);
    expect(queue.receive()).toEqual([]);
  });

  test('hides a received message until its visibility timeout ends, and counts receives', () => {
    const { queue, pass } = startQueue();
    queue.send('body');
    queue.receive();

    pass(29);
    expect(queue.receive()).toEqual([]);
    expect(queue.hiddenCount).toBe(1);

    pass(1);
    const [again] = queue.receive();
    expect(again?.attributes.ApproximateReceiveCount).toBe('2');
    expect(again?.attributes.ApproximateFirstReceiveTimestamp).toBe('1700000000000');
    expect(again?.attributes.SentTimestamp).toBe('1700000000000');
  });

  test('deletes only by the receipt handle of the last receive', () => {
    const { queue, pass } = startQueue();
    queue.send('body');
    const [first] = queue.receive();
    pass(31);
    const [second] = queue.receive();

    expect(queue.delete(first?.receiptHandle ?? '')).toBe(false);
    expect(queue.delete(second?.receiptHandle ?? '')).toBe(true);
    expect(queue.isEmpty).toBe(true);
    expect(queue.size).toBe(0);
  });

  test('makes one message visible sooner, later or immediately', () => {
    const { queue, pass } = startQueue();
    queue.send('later');
    queue.send('at once');
    const [later, atOnce] = queue.receive();

    queue.changeVisibility(later?.receiptHandle ?? '', 60);
    queue.changeVisibility(atOnce?.receiptHandle ?? '', 0);

    expect(queue.receive().map(({ body }) => body)).toEqual(['at once']);
    pass(59);
    expect(queue.receive().map(({ body }) => body)).toEqual(['at once']);
    pass(1);
    expect(queue.receive().map(({ body }) => body)).toEqual(['later']);
    expect(queue.changeVisibility('unknown', 1)).toBe(false);
  });

  test('hides a delayed message', () => {
    const { queue, pass } = startQueue();
    queue.send('body', { delaySeconds: 5 });

    expect(queue.visibleCount).toBe(0);
    expect(queue.nextVisibleAt()).toBe(1_700_000_005_000);
    pass(5);
    expect(queue.receive()).toHaveLength(1);
  });

  test('dead-letters a message that was received too often, with its body and age', () => {
    const deadLetters = new LocalQueue({ name: 'dead-letters' });
    const { queue, pass } = startQueue({ maxReceiveCount: 2, deadLetters });
    const messageId = queue.send('body', { attributes: { a: 'b' } });
    for (let receives = 0; receives < 2; receives++) {
      expect(queue.receive()).toHaveLength(1);
      pass(30);
    }

    expect(queue.receive()).toEqual([]);
    expect(queue.isEmpty).toBe(true);
    const [dead] = deadLetters.receive();
    expect(dead).toMatchObject({
      messageId,
      body: 'body',
      attributes: { SentTimestamp: '1700000000000' },
    });
    expect(dead?.messageAttributes['a']?.stringValue).toBe('b');
  });

  test('does not grow in memory while messages pass through', () => {
    const { queue } = startQueue();
    const pass = (count: number) => {
      for (let sent = 0; sent < count; sent += 100) {
        for (let index = 0; index < 100; index++) queue.send(`{"path":"granule/${sent + index}"}`);
        for (const record of queue.receive(100)) queue.delete(record.receiptHandle);
      }
    };
    pass(50_000);
    const before = usedHeap();

    pass(250_000);

    expect(queue.isEmpty).toBe(true);
    expect(usedHeap() - before).toBeLessThan(10 * 1024 * 1024);
  });
});
