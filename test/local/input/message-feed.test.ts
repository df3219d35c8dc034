import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { inputOf, inputsOf, messageFeed } from '../../../local/input/message-feed.js';
import { assertMessageFile, messagesOf } from '../../../local/input/message-file.js';
import { LocalQueue } from '../../../local/queue/local-queue.js';

const ignored = () => undefined;

function feedOf(options: { limit?: number; done?: string[]; isStopped?: () => boolean } = {}) {
  const queue = new LocalQueue();
  const { limit, done = [], isStopped = () => false } = options;
  const report = { refuse: ignored, note: ignored, fail: ignored };
  const wasDone = (body: string) => done.includes(body);
  const feed = messageFeed({ queue, limit, wasDone, isStopped, report });
  return { queue, feed };
}

const bodiesIn = (queue: LocalQueue): string[] => queue.receive(100).map(({ body }) => body);

describe('a feed', () => {
  test('sends all messages, and then is complete', async () => {
    const { queue, feed } = feedOf();

    await feed.run(inputsOf([inputOf(['a', 'b']), inputOf(['c'])]));

    expect(bodiesIn(queue)).toEqual(['a', 'b', 'c']);
    expect(feed.counts).toEqual({ sent: 3, skipped: 0, isComplete: true, isCutShort: false });
  });

  test('skips messages done before, and counts them towards the limit', async () => {
    const { queue, feed } = feedOf({ limit: 3, done: ['b'] });

    await feed.run(inputOf(['a', 'b', 'c', 'd']));

    expect(bodiesIn(queue)).toEqual(['a', 'c']);
    expect(feed.counts).toEqual({ sent: 2, skipped: 1, isComplete: true, isCutShort: false });
  });

  test('waits while the queue is full', async () => {
    const { queue, feed } = feedOf();
    const large = 'x'.repeat(6 * 1024 * 1024);

    const fed = feed.run(inputOf([large, large, large, large, large]));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(feed.counts.sent).toBe(3);
    for (const { receiptHandle } of queue.receive()) queue.delete(receiptHandle);

    await fed;
    expect(feed.counts.sent).toBe(5);
  });

  test('ends if it is stopped or its input fails', async () => {
    const stopped = feedOf({ isStopped: () => true });
    await stopped.feed.run(inputOf(['a']));
    expect(stopped.queue.isEmpty).toBe(true);
    expect(stopped.feed.counts.isCutShort).toBe(true);

    const { feed } = feedOf();
    await expect(feed.run(() => Promise.reject(new Error('no input')))).rejects.toThrow('no input');
    expect(feed.counts.isComplete).toBe(true);
  });
});

describe('a file of messages', () => {
  test('yields its lines without empty ones, whatever the line ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'messages-'));
    writeFileSync(join(folder, 'm.ndjson'), '{"a":1}\r\n\n{"b":"\u2028"}\nnot json');
    const bodies: string[] = [];

    await assertMessageFile(join(folder, 'm.ndjson'));
    for await (const body of messagesOf(join(folder, 'm.ndjson'))) bodies.push(body);

    expect(bodies).toEqual(['{"a":1}', '{"b":"\u2028"}', 'not json']);
    rmSync(folder, { recursive: true });
  });

  test('that does not exist is named in the error', async () => {
    await expect(assertMessageFile('/nowhere/m')).rejects.toThrow(
      "--messages '/nowhere/m' cannot be read: the file does not exist",
    );
    await expect(messagesOf('/nowhere/m').next()).rejects.toThrow(/the file does not exist/);
  });
});
