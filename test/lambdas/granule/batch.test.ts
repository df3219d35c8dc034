import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import { processBatch } from '../../../lambdas/granule/batch.js';
import type { BatchContext } from '../../../lambdas/granule/posts.js';
import type { PostedIngestion } from '../../../lambdas/ingestor/pending.js';
import type { PostOptions } from '../../../lambdas/ingestor/client.js';
import { silentLog } from '../../../lambdas/runtime/log.js';
import type { Granule, GranulePipeline } from '../../../lambdas/granule/items.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import { exampleItem, examplePipeline, sqsRecord } from '../../support/granule.js';
import { readSource } from '../../kit/read-source.js';

/** Settles one batch on stand-ins, with what it did to them. */
async function process(
  records: Parameters<typeof processBatch>[1],
  context: Partial<BatchContext> = {},
  pipeline: Partial<GranulePipeline<Granule>> = {},
) {
  const posts: (PostOptions & { readonly id: string })[] = [];
  const counted: string[] = [];
  const results = await processBatch({ ...examplePipeline, ...pipeline }, records, {
    source: readSource(),
    postItem: ({ id }, options) => Promise.resolve(void posts.push({ id, ...options })),
    log: silentLog,
    meter: { ...silentMeter, count: (name) => counted.push(name) },
    remainingMs: () => 60_000,
    ...context,
  });
  return { results, posts, counted };
}

/** Reads of a clock: the last one is for all further reads. */
function clock(...reads: number[]): () => number {
  return () => (reads.length > 1 ? reads.shift() : reads[0]) ?? 0;
}

const s3Record = (key: string) => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: 'b' }, object: { key } },
});

describe('a record', () => {
  test('is not started if there is no time, and has neither Items nor posts', async () => {
    const made: string[] = [];
    const record = sqsRecord({ name: 'a' });

    const { results, posts } = await process(
      [record],
      { remainingMs: clock(60_000, 1_000) },
      {
        createItem: ({ href }) => {
          made.push(href);
          return Promise.resolve(exampleItem(href));
        },
      },
    );

    expect([made, posts]).toEqual([[], []]);
    // Strictly: [undefined] is not an empty list.
    expect(results).toStrictEqual([
      {
        record,
        about: undefined,
        correlationId: record.messageId,
        itemIds: [],
        madeIds: [],
        postedIds: [],
        outcome: {
          result: 'not-started',
          failure: expect.objectContaining({ kind: 'transient', name: 'OutOfTime' }) as unknown,
        },
        milliseconds: expect.any(Number) as unknown,
      },
    ]);
  });

  test('is not posted if there is no time left to post its Item', async () => {
    const record = sqsRecord({ name: 'a' });

    // The budget is made, one more record is begun, its share is taken: then the time is over.
    const { results, posts } = await process([record], {
      remainingMs: clock(60_000, 60_000, 60_000, 1_000),
    });

    expect(posts).toEqual([]);
    expect(results).toMatchObject([{ itemIds: ['a'], outcome: { result: 'not-started' } }]);
  });

  test('without a granule is skipped', async () => {
    const { results, posts } = await process([sqsRecord({ name: 'skip me' })]);

    expect(posts).toEqual([]);
    expect(results).toMatchObject([{ itemIds: [], outcome: { result: 'skipped' } }]);
  });

  test('takes as long as creating its Items plus its longest post', async () => {
    const started = performance.now();
    const record = sqsRecord({ Records: [s3Record('fast'), s3Record('slow')] });

    const { results } = await process(
      [record],
      { postItem: ({ id }) => sleep(id === 'slow' ? 60 : 1) },
      {
        createItem: async ({ href }) => {
          await sleep(40);
          return exampleItem(href);
        },
      },
    );

    // A timer may fire a little early.
    expect(results[0]?.milliseconds).toBeGreaterThanOrEqual(98);
    expect(results[0]?.milliseconds).toBeLessThanOrEqual(performance.now() - started);
  });

  test('includes the time of a failed post', async () => {
    const started = performance.now();

    const { results } = await process([sqsRecord({ name: 'a' })], {
      postItem: async () => {
        await sleep(40);
        throw new Error('no');
      },
    });

    expect(results[0]?.milliseconds).toBeGreaterThanOrEqual(39);
    expect(results[0]?.milliseconds).toBeLessThanOrEqual(performance.now() - started);
  });

  test('lists the Items that could not be posted if one was refused', async () => {
    const { results } = await process(
      [sqsRecord({ Records: [s3Record('posted'), s3Record('refused')] })],
      {
        postItem: ({ id }) =>
          id === 'refused'
            ? Promise.reject(new IngestorError('422', { kind: 'permanent' }))
            : Promise.resolve(),
      },
    );

    expect(results).toMatchObject([
      { itemIds: ['refused'], outcome: { result: 'failed', failure: { kind: 'permanent' } } },
    ]);
  });

  test('is retried for an Item that there was no time to post, although another was refused', async () => {
    let isLate = false;
    const names = Array.from({ length: 17 }, (_, index) => `n${String(index)}`);

    // One more than are posted at once: the last one is left when the time is over.
    const { results } = await process([sqsRecord({ Records: names.map(s3Record) })], {
      remainingMs: () => (isLate ? 1_000 : 60_000),
      postItem: async () => {
        await sleep(1);
        isLate = true;
        throw new IngestorError('422', { kind: 'permanent' });
      },
    });

    expect(results).toMatchObject([{ outcome: { result: 'not-started' } }]);
  });
});

describe('a post', () => {
  test('gets the id of the notification, 30 seconds, and a third of the remaining time for its retries', async () => {
    const before = Date.now();
    const envelope = { Type: 'Notification', MessageId: 'n-1', Message: '{"name":"a"}' };

    const { posts, counted } = await process([sqsRecord(envelope)]);

    expect(posts).toEqual([
      {
        id: 'a',
        correlationId: 'n-1',
        timeoutMs: 30_000,
        deadline: expect.any(Number) as unknown,
      },
    ]);
    // 60 s less what is kept for acknowledging, by three.
    expect(posts[0]?.deadline).toBeGreaterThanOrEqual(before + 19_500);
    expect(posts[0]?.deadline).toBeLessThanOrEqual(Date.now() + 19_500);
    expect(counted).toContain('ItemsPosted');
  });

  test('gets the remaining time if that is less than 30 seconds', async () => {
    const { posts } = await process([sqsRecord({ name: 'a' })], { remainingMs: () => 10_000 });

    expect(posts).toMatchObject([{ timeoutMs: 8_500 }]);
  });

  test('is recorded with its message', async () => {
    const noted: PostedIngestion[] = [];
    const record = sqsRecord({ name: 'a' });

    await process([record], {
      recordIngestion: (posted) => Promise.resolve(void noted.push(posted)),
    });

    expect(noted).toEqual([
      {
        itemId: 'a',
        body: record.body,
        messageId: record.messageId,
        tries: 0,
        correlationId: record.messageId,
        sentTimestamp: record.attributes.SentTimestamp,
      },
    ]);
  });
});
