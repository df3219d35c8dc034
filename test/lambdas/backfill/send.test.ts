import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sendResult } from '../../../lambdas/backfill/send.js';
import { NO_COUNTS } from '../../../lambdas/backfill/counts.js';
import { pauseBackfill, type BackfillCursor } from '../../../lambdas/backfill/cursor.js';
import type { HistoricPipeline } from '../../../lambdas/backfill/historic-pipeline.js';
import type { BackfillSettings } from '../../../lambdas/backfill/settings.js';
import type { ObjectReader } from '../../../lambdas/inventory/objects.js';
import { backfillKit, type BackfillKit } from '../../support/backfill/collaborators.js';
import { leaseAt, runOfPipeline, runWith } from '../../support/backfill/run.js';

const RESULT = { href: 's3://r/x.csv', offset: 0, size: 0 };

let kit: BackfillKit;

beforeEach(() => {
  kit = backfillKit({ inventory: 's3://b/i', resultsFolder: 'never-written' });
});

/** One result with these keys; `reads` is what was asked of it. */
function resultOf(keys: readonly string[], reads: number[] = []): ObjectReader {
  const all = Buffer.from(['key', ...keys].map((key) => `"${key}"\n`).join(''));
  return {
    read: (_href, { offset, length }, eTag) => {
      reads.push(length);
      if (eTag !== undefined && eTag !== '1') return Promise.resolve(undefined);
      const bytes = all.subarray(offset, offset + length);
      const about = { size: all.length, eTag: '1', lastModified: new Date(0) };
      return Promise.resolve({ bytes, ...about });
    },
    folders: () => Promise.resolve([]),
  };
}

function sending(cursor: Partial<BackfillCursor> = {}) {
  return leaseAt(kit, { stage: 'sending', queryId: 'q', result: RESULT, ...cursor });
}

function limited(settings: Partial<BackfillSettings>): BackfillSettings {
  return { ...kit.settings, ...settings };
}

const sent = (rows: number) => ({ rows, sent: rows, skipped: 0, refused: 0 });

describe('the end of a chunk', () => {
  const finish = async (
    pipeline: Partial<HistoricPipeline>,
    keys = ['a', 'b'],
    cursor: Partial<BackfillCursor> = {},
  ) => {
    const lease = await sending({ totals: sent(3), chunks: 4, ...cursor });
    const run = { ...runOfPipeline(kit, pipeline), objects: resultOf(keys) };
    return { outcome: await sendResult(lease, run), cursor: lease.cursor };
  };

  test('adds the counts, clears the query, and leaves the next chunk to the next run', async () => {
    const asked: unknown[] = [];
    const nextChunk: HistoricPipeline['nextChunk'] = (...given) => {
      asked.push(given);
      return '2023';
    };

    const { outcome, cursor } = await finish({ nextChunk }, ['a', 'b'], {
      inventoryDate: '2022-04-22',
    });

    expect(asked).toEqual([['2022', { inventoryDate: '2022-04-22' }]]);
    expect(outcome).toEqual({
      outcome: 'chunk-done',
      chunk: '2022',
      counts: sent(2),
      message: 'chunk 2022 is done: 2 rows, 2 messages sent; next is 2023',
    });
    expect(cursor).toMatchObject({
      stage: 'waiting',
      chunk: '2023',
      totals: sent(5),
      counts: NO_COUNTS,
      chunks: 5,
      queryId: undefined,
      result: undefined,
      lease: undefined,
    });
    expect(kit.queue.bodies).toEqual(['a', 'b']);
    expect(kit.log.lines).toEqual([]);
  });

  test.each([undefined, null])(
    'is the end of the backfill where nextChunk gives %p',
    async (next) => {
      const { outcome, cursor } = await finish({ nextChunk: () => next as undefined });

      expect(outcome).toEqual({
        outcome: 'complete',
        chunk: '2022',
        counts: sent(2),
        message: 'the backfill is complete: 5 rows, 5 messages sent',
      });
      expect(cursor).toMatchObject({ stage: 'complete', chunk: '2022' });
    },
  );

  test('completes a backfill without chunks, and does not call nextChunk', async () => {
    const nextChunk = () => {
      throw new Error('asked');
    };

    const { outcome } = await finish({ nextChunk }, ['a'], { chunk: undefined });

    expect(outcome).toMatchObject({ outcome: 'complete', chunk: undefined });
  });

  test('without a row is reported, and the backfill is empty if no chunk had any', async () => {
    const { outcome, cursor } = await finish({}, [], { totals: NO_COUNTS });

    expect(outcome).toMatchObject({ outcome: 'empty', counts: NO_COUNTS });
    expect(cursor.stage).toBe('empty');
    expect(kit.log.lines).toEqual([
      {
        level: 'warn',
        message:
          'no matching row: the query for chunk 2022 selected no row from report dt=2022-04-22-01-00',
        fields: { chunk: '2022' },
      },
    ]);
  });

  test.each([
    [
      '',
      "nextChunk must return a non-empty string, or undefined after the last chunk (returned '')",
    ],
    [7, 'nextChunk must return a non-empty string, or undefined after the last chunk (returned 7)'],
    [
      '2022',
      "nextChunk returned '2022', the chunk it was called with: the backfill would never end",
    ],
  ])('is a permanent fault where nextChunk gives %p', async (next, message) => {
    await expect(finish({ nextChunk: () => next as string })).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'permanent',
      message,
    });
  });

  test('is a permanent error if nextChunk throws', async () => {
    const nextChunk = () => {
      throw new Error('no such day');
    };

    await expect(finish({ nextChunk })).rejects.toThrow(
      'nextChunk in historic.ts threw an error: no such day',
    );
  });
});

describe('a page', () => {
  test.each([
    [undefined, 65_536],
    [10, 16_384],
    [300, 30_000],
    [5_000, 65_536],
  ])('under a queue depth of %p has %i bytes', async (maxQueueDepth, bytes) => {
    const reads: number[] = [];
    const objects = resultOf(['a'], reads);

    await sendResult(
      await sending(),
      runWith(kit, { objects, settings: limited({ maxQueueDepth }) }),
    );

    expect(reads).toEqual([bytes]);
  });

  test('is followed by the next one if time remains', async () => {
    const objects = resultOf(['a', 'b', 'c']);

    const outcome = await sendResult(await sending(), runWith(kit, { objects, pageBytes: 11 }));

    expect(outcome).toMatchObject({ outcome: 'complete', counts: sent(3) });
    expect(kit.queue.bodies).toEqual(['a', 'b', 'c']);
  });

  test('near the end of the invocation is the last one, and its end is saved', async () => {
    const lease = await sending({ counts: sent(7) });
    const objects = resultOf(['a', 'b', 'c']);

    const outcome = await sendResult(
      lease,
      runWith(kit, { objects, pageBytes: 11, nearEnd: () => true }),
    );

    expect(outcome).toBeUndefined();
    expect(kit.queue.bodies).toEqual(['a']);
    expect(lease.cursor).toMatchObject({
      stage: 'sending',
      counts: sent(8),
      result: { href: RESULT.href, offset: 10, eTag: '1', columns: ['key'], size: 18 },
    });
  });

  test('is the last one if the backfill was paused', async () => {
    const lease = await sending();
    await pauseBackfill(kit.cursors);

    const outcome = await sendResult(
      lease,
      runWith(kit, { objects: resultOf(['a', 'b']), pageBytes: 11 }),
    );

    expect([outcome, kit.queue.bodies]).toEqual([undefined, ['a']]);
  });

  test('of a result that was replaced restarts the query', async () => {
    const lease = await sending({ result: { ...RESULT, offset: 10, eTag: '0', columns: ['key'] } });

    const outcome = await sendResult(lease, runWith(kit, { objects: resultOf(['a', 'b']) }));

    expect([outcome, kit.queue.bodies]).toEqual([undefined, []]);
    expect(lease.cursor).toMatchObject({ stage: 'pending', restarts: 1 });
    expect(kit.log.lines).toMatchObject([
      { fields: { reason: 'query result s3://r/x.csv was removed or replaced' } },
    ]);
  });
});

describe('a deep queue', () => {
  test('is polled at increasing intervals, and logged once', async () => {
    const depths = [13, 12, 11, 10];
    kit.queue.depth = () => Promise.resolve(depths.shift() ?? 0);
    const before = kit.clock.now();
    const run = runWith(kit, {
      objects: resultOf(['a']),
      settings: limited({ maxQueueDepth: 10 }),
    });

    const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);

    await sendResult(await sending(), run);

    random.mockRestore();
    expect(kit.queue.bodies).toEqual(['a']);
    // Half of 1, 2 and 4 seconds.
    expect(kit.clock.now() - before).toBe(3_500);
    expect(kit.log.lines).toEqual([
      {
        level: 'info',
        message: 'waiting: the queue exceeds max_queue_depth',
        fields: { depth: 13, maxQueueDepth: 10 },
      },
    ]);
  });

  test('does not cause the lease to expire', async () => {
    let polls = 0;
    kit.queue.depth = () => Promise.resolve((polls += 1) > 40 ? 0 : 11);
    const lease = await sending();
    const run = runWith(kit, {
      objects: resultOf(['a']),
      settings: limited({ maxQueueDepth: 10 }),
    });
    let longest = 0;
    const sleep = kit.clock.sleep.bind(kit.clock);
    kit.clock.sleep = async (ms, signal) => {
      longest = Math.max(longest, kit.clock.now() - Date.parse(lease.cursor.updatedAt));
      await sleep(ms, signal);
    };

    await sendResult(lease, run);

    expect(longest).toBeLessThan(60_000);
  });

  test.each(['near the end of the time', 'when a person pauses'])(
    '%s is not waited for, and nothing is sent',
    async (when) => {
      kit.queue.waiting = 11;
      const lease = await sending();
      if (when.startsWith('when')) {
        await pauseBackfill(kit.cursors);
        await lease.save();
      }
      const run = runWith(kit, {
        objects: resultOf(['a']),
        settings: limited({ maxQueueDepth: 10 }),
        nearEnd: () => when.startsWith('near'),
      });

      expect(await sendResult(lease, run)).toBeUndefined();
      expect([kit.queue.bodies, lease.cursor.stage]).toEqual([[], 'sending']);
    },
  );
});
