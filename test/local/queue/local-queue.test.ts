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

describe('a queue in the process', () => {
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

  test('gives ten messages at a time unless asked for another number, in the order of sending', () => {
    const { queue } = startQueue();
    for (let index = 0; index < 25; index++) queue.send(String(index));

    expect(queue.receive().map(({ body }) => body)).toEqual(
      Array.from({ length: MAX_RECEIVE }, (_, index) => String(index)),
    );
    expect(queue.receive(100)).toHaveLength(15);
    expect(queue.receive()).toEqual([]);
  });

  test('hides a received message and shows it again after the time-out, counting receives', () => {
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

  test('deletes by the receipt handle of the last receive only', () => {
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

  test('changes the visibility of one message: sooner, later and at once', () => {
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

  test('keeps a delayed message back', () => {
    const { queue, pass } = startQueue();
    queue.send('body', { delaySeconds: 5 });

    expect(queue.visibleCount).toBe(0);
    expect(queue.nextVisibleAt()).toBe(1_700_000_005_000);
    pass(5);
    expect(queue.receive()).toHaveLength(1);
  });

  test('moves a message to the dead letters once it was received too often, body and age kept', () => {
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

  test('holds its memory while messages pass through', () => {
    const { queue } = startQueue();
    const pass = (count: number) => {
      for (let sent = 0; sent < count; sent += 100) {
        for (let index = 0; index < 100; index++) queue.send(`{"path":"granule/${sent + index}"}`);
        for (const record of queue.receive(100)) queue.delete(record.receiptHandle);
      }
    };
    pass(50_000);
    const before = process.memoryUsage().heapUsed;

    pass(250_000);

    expect(queue.isEmpty).toBe(true);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(80 * 1024 * 1024);
  });
});
