import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  SendError,
  type MessageQueue,
  type QueueMessage,
  type SendFailure,
} from '../../../lambdas/queue/queue.js';
import { sendMessages, sendableBody } from '../../../lambdas/queue/send-messages.js';
import { FakeClock, MemoryQueue } from '../../support/backfill/collaborators.js';

const clock = new FakeClock();

/** Batches as they were sent. */
class BatchQueue extends MemoryQueue {
  readonly batches: (readonly string[])[] = [];
  failuresOf: (bodies: readonly string[]) => SendFailure[] = () => [];

  override sendBatch(messages: readonly QueueMessage[]): ReturnType<MessageQueue['sendBatch']> {
    const bodies = messages.map(({ body }) => body);
    this.batches.push(bodies);
    const failures = this.failuresOf(bodies);
    const failed = new Set(failures.map(({ index }) => index));
    this.messages.push(...messages.filter((_, index) => !failed.has(index)));
    return Promise.resolve(failures);
  }
}

function messagesOf(bodies: readonly string[]) {
  return bodies.map((body) => ({ key: `key of ${body.slice(0, 5)}`, body }));
}

test('[A20] 10 bodies that are too large together are split, and each is sent once', async () => {
  const queue = new BatchQueue();
  const bodies = Array.from({ length: 10 }, (_, index) => `${index}${'x'.repeat(100_000)}`);

  const result = await sendMessages(messagesOf(bodies), queue, { clock });

  expect(queue.batches.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);
  expect([...queue.bodies].sort()).toEqual(bodies);
  expect(result).toEqual({ sent: 10, refused: [] });
});

test('[A20] any bodies are split by entries and by bytes, and each is sent once', async () => {
  const body = fc.string({
    unit: fc.constantFrom('a', 'é', '😀', '"'),
    minLength: 1,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(body, { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      async (bodies, parallel) => {
        const queue = new BatchQueue();
        queue.limitBytes = 400;

        const { sent, refused } = await sendMessages(messagesOf(bodies), queue, {
          clock,
          parallel,
        });

        for (const batch of queue.batches) {
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(Buffer.byteLength(batch.join(''))).toBeLessThanOrEqual(400);
        }
        expect([...queue.bodies].sort()).toEqual(
          bodies.map((body) => sendableBody(body).body).sort(),
        );
        expect([sent, refused]).toEqual([bodies.length, []]);
      },
    ),
  );
});

test('[A19] a body of 300 KiB is reported by its key and not sent, the others are', async () => {
  const queue = new BatchQueue();

  const result = await sendMessages(messagesOf(['a', 'x'.repeat(307_200), 'b', '']), queue, {
    clock,
  });

  expect(result).toEqual({
    sent: 2,
    refused: [
      {
        key: 'key of xxxxx',
        reason: 'the body has 307200 bytes; the queue accepts at most 262144',
      },
      { key: 'key of ', reason: 'the body is empty, which SQS does not accept' },
    ],
  });
  expect(queue.batches).toEqual([['a', 'b']]);
});

test('[A19] the same body is sent if the queue accepts 1 MiB', async () => {
  const queue = new BatchQueue();
  queue.limitBytes = 1_048_576;

  const { sent } = await sendMessages(messagesOf(['x'.repeat(307_200)]), queue, { clock });

  expect(sent).toBe(1);
});

// Name (8 bytes), type (6) and value (2) of the attribute.
test.each([
  [262_128, []],
  [
    262_129,
    [
      {
        key: 'key of xxxxx',
        reason: 'the body has 262129 bytes and its attributes 16; the queue accepts at most 262144',
      },
    ],
  ],
])('[N01] attributes count towards the size of a body of %d bytes', async (bytes, expected) => {
  const queue = new BatchQueue();
  const attributes = { backfill: 'é' };
  const messages = messagesOf(['x'.repeat(bytes)]).map((one) => ({ ...one, attributes }));

  const { sent, refused } = await sendMessages(messages, queue, { clock });

  expect({ sent, refused }).toEqual({ sent: 1 - expected.length, refused: expected });
  expect(queue.messages.map((message) => message.attributes)).toEqual(
    queue.bodies.map(() => attributes),
  );
});

test('[N01] attributes count towards the size of a batch', async () => {
  const queue = new BatchQueue();
  const attributes = { backfill: 'é' };
  // Without attributes, both would fit into one batch.
  const messages = messagesOf(['a'.repeat(131_072), 'b'.repeat(131_072)]).map((one) => ({
    ...one,
    attributes,
  }));

  await sendMessages(messages, queue, { clock });

  expect(queue.batches.map(({ length }) => length)).toEqual([1, 1]);
});

test('[N01] an empty body is refused, although its attributes have bytes', async () => {
  const queue = new BatchQueue();

  const { refused } = await sendMessages(
    [{ key: 'k', body: '', attributes: { backfill: 'p' } }],
    queue,
    { clock },
  );

  expect(refused).toEqual([{ key: 'k', reason: 'the body is empty, which SQS does not accept' }]);
});

test('only the failed entries are sent again', async () => {
  const queue = new BatchQueue();
  const failing = new Set(['b', 'c']);
  queue.failuresOf = (bodies) =>
    bodies.flatMap((body, index) =>
      failing.delete(body) ? [{ index, senderFault: false, reason: 'InternalError' }] : [],
    );

  const { sent } = await sendMessages(messagesOf(['a', 'b', 'c', 'd']), queue, { clock });

  expect(queue.batches).toEqual([
    ['a', 'b', 'c', 'd'],
    ['b', 'c'],
  ]);
  expect(sent).toBe(4);
});

test('[A22] an invalid message is reported by its key and does not stop the others', async () => {
  const queue = new BatchQueue();
  queue.failuresOf = (bodies) => {
    const index = bodies.indexOf('bad');
    return index < 0 ? [] : [{ index, senderFault: true, reason: 'InvalidMessageContents' }];
  };

  const result = await sendMessages(messagesOf(['a', 'bad', 'c']), queue, { clock });

  expect(result).toEqual({
    sent: 2,
    refused: [{ key: 'key of bad', reason: 'InvalidMessageContents' }],
  });
});

test('a message that is never accepted stops the sending with its key, after the rest of its batch was sent', async () => {
  const queue = new BatchQueue();
  queue.failuresOf = () => [{ index: 0, senderFault: false, reason: 'throttled' }];

  const sending = sendMessages(messagesOf(['a', 'b']), queue, { clock, parallel: 1 });

  await expect(sending).rejects.toThrow(SendError);
  await expect(sending).rejects.toThrow("in 8 attempts, among them 'key of a': throttled");
  expect(queue.bodies).toEqual(['b']);
});

test('no more batches are in flight than allowed, and none starts after a failure', async () => {
  const queue = new MemoryQueue();
  let underWay = 0;
  let most = 0;
  let started = 0;
  queue.sendBatch = async () => {
    started += 1;
    most = Math.max(most, (underWay += 1));
    await clock.sleep(1);
    underWay -= 1;
    if (started > 6) throw new SendError('gone');
    return [];
  };
  const bodies = Array.from({ length: 1000 }, (_, index) => `body ${index}`);

  await expect(sendMessages(messagesOf(bodies), queue, { clock, parallel: 3 })).rejects.toThrow(
    'gone',
  );

  expect(most).toBe(3);
  expect(started).toBeLessThan(12);
});

test('sixteen batches are in flight by default', async () => {
  const queue = new MemoryQueue();
  let [underWay, most] = [0, 0];
  queue.sendBatch = async () => {
    most = Math.max(most, (underWay += 1));
    await clock.sleep(1);
    underWay -= 1;
    return [];
  };

  await sendMessages(messagesOf(Array.from({ length: 400 }, (_, index) => `${index}`)), queue);

  expect(most).toBe(16);
});

test('a body of the maximum size is sent; a larger one and an empty one are refused', async () => {
  const queue = new BatchQueue();
  queue.limitBytes = 10;

  const { sent, refused } = await sendMessages(
    messagesOf(['x'.repeat(10), 'y'.repeat(11), '']),
    queue,
  );

  expect([sent, queue.bodies]).toEqual([1, ['xxxxxxxxxx']]);
  expect(refused).toEqual([
    { key: 'key of yyyyy', reason: 'the body has 11 bytes; the queue accepts at most 10' },
    { key: 'key of ', reason: 'the body is empty, which SQS does not accept' },
  ]);
});

test('a batch is as large as the queue allows, to the byte', async () => {
  const queue = new BatchQueue();
  queue.limitBytes = 10;

  await sendMessages(messagesOf(['aaaaa', 'bbbbb', 'c']), queue, { parallel: 1 });

  expect(queue.batches).toEqual([['aaaaa', 'bbbbb'], ['c']]);
});

test('entries that failed are sent again after longer and longer waits, 23 seconds in total at most', async () => {
  const waits: number[] = [];
  const queue = new BatchQueue();
  queue.failuresOf = (bodies) =>
    bodies.map((_, index) => ({ index, senderFault: false, reason: 'throttled' }));
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  const random = jest.spyOn(Math, 'random').mockReturnValue(1);

  const sending = sendMessages(messagesOf(['a', 'b']), queue, {
    clock: { now: () => 0, sleep },
  });

  await expect(sending).rejects.toThrow(
    "the queue did not accept 2 messages in 8 attempts, among them 'key of a': throttled",
  );
  random.mockRestore();
  expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000]);
});

test('an invalid message in a batch that is sent again is counted once', async () => {
  const queue = new BatchQueue();
  queue.failuresOf = (bodies) =>
    bodies.length === 3
      ? [
          { index: 0, senderFault: true, reason: 'bad' },
          { index: 2, senderFault: false, reason: 'slow' },
        ]
      : [];

  const { sent, refused } = await sendMessages(messagesOf(['a', 'b', 'c']), queue, { clock });

  expect([sent, refused]).toEqual([2, [{ key: 'key of a', reason: 'bad' }]]);
  expect(queue.batches).toEqual([['a', 'b', 'c'], ['c']]);
});

test('no further batch is sent after one that cannot be sent', async () => {
  const queue = new MemoryQueue();
  let started = 0;
  queue.sendBatch = async (messages) => {
    started += 1;
    if (messages.some(({ body }) => body === 'body 0')) throw new SendError('gone');
    await clock.sleep(1);
    return [];
  };
  const bodies = Array.from({ length: 1000 }, (_, index) => `body ${index}`);

  await expect(sendMessages(messagesOf(bodies), queue, { clock, parallel: 3 })).rejects.toThrow(
    'gone',
  );

  expect(started).toBeLessThan(6);
});

test('nothing is sent without a message', async () => {
  const queue = new BatchQueue();
  queue.limitBytes = 3;

  expect(await sendMessages([], queue)).toEqual({ sent: 0, refused: [] });
  await sendMessages(messagesOf(['too long']), queue);

  expect(queue.batches).toEqual([]);
});

test('the error names a message that failed', async () => {
  const queue = new BatchQueue();
  queue.failuresOf = (bodies) =>
    bodies.flatMap((body, index) =>
      body === 'c' || body === 'd' ? [{ index, senderFault: false, reason: 'slow' }] : [],
    );

  await expect(sendMessages(messagesOf(['a', 'b', 'c', 'd']), queue, { clock })).rejects.toThrow(
    "2 messages in 8 attempts, among them 'key of c': slow",
  );
});
