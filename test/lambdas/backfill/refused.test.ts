import { beforeEach, describe, expect, test } from '@jest/globals';
import { beginDue } from '../../../lambdas/backfill/begin.js';
import type { BackfillCursor } from '../../../lambdas/backfill/cursor.js';
import type { BackfillRun } from '../../../lambdas/backfill/run.js';
import { sourceOf } from '../../../lambdas/backfill/settings.js';
import { work } from '../../../lambdas/backfill/work.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import type { ObjectReader } from '../../../lambdas/inventory/objects.js';
import { SendError } from '../../../lambdas/queue/queue.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import { backfillKit, invocation, type BackfillKit } from '../../support/backfill/collaborators.js';
import { leaseAt, runOfPipeline } from '../../support/backfill/run.js';

const RESULT = { href: 's3://r/x.csv', offset: 0, size: 0 };

let kit: BackfillKit;

beforeEach(() => {
  kit = backfillKit({ inventory: 's3://b/i', resultsFolder: 'never-written' });
});

/** The result of a query with one column. */
function resultOf(keys: readonly string[], column = 'key'): ObjectReader {
  const all = Buffer.from([column, ...keys].map((value) => `"${value}"\n`).join(''));
  return {
    read: (_href, { offset, length }) => {
      const bytes = all.subarray(offset, offset + length);
      return Promise.resolve({ bytes, size: all.length, eTag: '1', lastModified: new Date(0) });
    },
    folders: () => Promise.resolve([]),
  };
}

/** Keys: one that starts with `bad` is refused, and one that starts with `skip` is skipped. */
function keysOf(good: number, bad: number, skipped = 0): string[] {
  const named = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${name}-${index}`);
  return [...named('good', good), ...named('bad', bad), ...named('skip', skipped)];
}

function rowToMessageBody({ key = '' }: Readonly<Record<string, string | undefined>>) {
  if (key.startsWith('bad')) throw new TypeError(`no date in ${key}`);
  return key.startsWith('skip') ? undefined : key;
}

function runOf(objects: ObjectReader, others: Partial<BackfillRun> = {}): BackfillRun {
  return { ...runOfPipeline(kit, { rowToMessageBody }), objects, ...others };
}

async function finish(
  objects: ObjectReader,
  { cursor = {}, ...others }: Partial<BackfillRun> & { cursor?: Partial<BackfillCursor> } = {},
) {
  const lease = await leaseAt(kit, { stage: 'sending', queryId: 'q', result: RESULT, ...cursor });
  return work(lease, runOf(objects, others));
}

const stored = async () => (await kit.cursors.read())?.cursor;
const letters = () => kit.deadLetters.messages;

describe('[N02] a refused row', () => {
  test('becomes a dead letter with its key, its reason and its chunk', async () => {
    await finish(resultOf(keysOf(199, 1)));

    expect(letters()).toEqual([
      expect.objectContaining({
        body: '{"refused_row":{"key":"bad-0","chunk":"2022","report":"2022-04-22-01-00"}}',
        attributes: {
          backfill: 'example',
          refused_row: 'bad-0',
          reason: 'rowToMessageBody: no date in bad-0',
          error: 'RefusedRow',
          kind: 'permanent',
          failed_at: new Date(kit.clock.now()).toISOString(),
        },
      }),
    ]);
  });

  test('whose message no queue accepts is one, too', async () => {
    kit.queue.limitBytes = 50;
    const long = 'x'.repeat(60);
    await finish(resultOf([...keysOf(199, 0), long]));

    expect(letters()[0]?.attributes).toMatchObject({
      refused_row: long,
      reason: expect.stringContaining('the queue accepts at most 50') as unknown,
    });
  });

  test.each([
    ['a character that SQS rejects', 'bad\u0001', 'bad\ufffd'],
    ['an empty key', '', '(no key)'],
    ['a very long key', `bad${'x'.repeat(5_000)}`, `bad${'x'.repeat(1_997)}`],
  ])('with %s has a dead letter that SQS accepts', async (_, key, named) => {
    const refusing = { rowToMessageBody: (row: { key?: string | undefined }) => checked(row.key) };
    const checked = (given = '') => {
      if (given === key) throw new Error('bad');
      return given;
    };
    const run = runOfPipeline(kit, refusing);
    await finish(resultOf([...keysOf(199, 0), key]), { pipeline: run.pipeline });

    expect(letters()[0]?.attributes?.['refused_row']).toBe(named);
  });

  test('is named in the log by the start of its key, like the dead letter', async () => {
    await finish(resultOf([...keysOf(199, 0), `bad${'x'.repeat(300_000)}`]));

    const refused = kit.log.lines.filter(({ message }) => message.startsWith('row refused'));
    expect(refused.map(({ fields }) => fields?.['key'])).toEqual([`bad${'x'.repeat(1_997)}`]);
    expect(JSON.stringify(refused).length).toBeLessThan(10_000);
  });

  test('is counted for the alarm', async () => {
    const counted: unknown[] = [];
    const meter = {
      ...silentMeter,
      count: (...given: unknown[]) => void counted.push(given),
      publish: () => void counted.push('publish'),
    };
    await finish(resultOf(keysOf(298, 2)), { meter });

    expect(counted).toEqual([['RowsRefused', 2], 'publish']);
  });

  test('has its dead letter before the cursor moves on, so that a crash repeats it', async () => {
    const cursorAtLetter: unknown[] = [];
    kit.deadLetters.sendBatch = async () => {
      cursorAtLetter.push((await stored())?.counts.rows);
      return [];
    };
    await finish(resultOf(keysOf(199, 1)));

    expect(cursorAtLetter).toEqual([0]);
  });

  test('without a dead letter stops the page, which the next invocation repeats', async () => {
    kit.deadLetters.sendBatch = () => Promise.reject(new SendError('AccessDenied'));
    await expect(finish(resultOf(keysOf(199, 1)))).rejects.toThrow('AccessDenied');
    expect(await stored()).toMatchObject({ stage: 'sending', counts: { rows: 0 } });
  });
});

describe('[N02] a chunk', () => {
  test.each([
    ['1 % of its rows', { good: 99, bad: 1, skipped: 0 }],
    ['1 % of its rows while most are skipped', { good: 1, bad: 1, skipped: 98 }],
  ])('that refuses %s is done, and says so', async (_, { good, bad, skipped }) => {
    const outcome = await finish(resultOf(keysOf(good, bad, skipped)));

    expect(outcome).toMatchObject({ outcome: 'complete', counts: { refused: bad, skipped } });
    expect(outcome.message).toContain(`${bad} refused`);
  });

  test('with a next one tells its skipped and refused rows', async () => {
    const { pipeline } = runOfPipeline(kit, { rowToMessageBody, nextChunk: () => '2023' });

    expect(await finish(resultOf(keysOf(198, 1, 1)), { pipeline })).toMatchObject({
      message:
        'chunk 2022 is done: 200 rows, 198 messages sent, 1 skipped, 1 refused; next is 2023',
    });
  });

  test.each([
    ['more than 1 % of its rows', { good: 98, bad: 2, skipped: 0 }],
    ['every row', { good: 0, bad: 5, skipped: 0 }],
    ['its only row', { good: 0, bad: 1, skipped: 0 }],
    ['every row that is not skipped', { good: 0, bad: 1, skipped: 299 }],
  ])('that refuses %s has failed', async (_, { good, bad, skipped }) => {
    const rows = good + bad + skipped;
    const finished = finish(resultOf(keysOf(good, bad, skipped)));

    await expect(finished).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'permanent',
      message: expect.stringContaining(
        `${bad} of ${rows} rows of chunk 2022 were refused`,
      ) as unknown,
    });
    expect(await stored()).toMatchObject({
      stage: 'failed',
      chunk: '2022',
      counts: { rows, sent: good, refused: bad, skipped },
      failure: { owner: 'o', needsStart: true },
    });
    expect(kit.queue.bodies).toHaveLength(good);
    expect(letters()).toHaveLength(bad);
  });

  test('that failed names the first refused row, its reason and what to do', async () => {
    await expect(finish(resultOf(keysOf(3, 2)))).rejects.toThrow(
      "2 of 5 rows of chunk 2022 were refused (more than 1 %), the first 'bad-0': rowToMessageBody: no date in bad-0. " +
        'Fix rowToMessageBody, or the columns that queryInventory selects, in historic.ts and start the chunk again; ' +
        'rowToMessageBody skips a row if it returns undefined. The 3 messages that were sent stay sent',
    );
  });

  test('whose query selects key AS k has failed, and the reason names both columns', async () => {
    const { pipeline } = runOfPipeline(kit, {
      rowToMessageBody: ({ key }) => (key?.endsWith('a') ? key : undefined),
    });

    await expect(finish(resultOf(['a', 'b'], 'k'), { pipeline })).rejects.toThrow(
      "the first 'a': rowToMessageBody: it reads 'key', but queryInventory selects 'k'",
    );
  });

  test('whose query selects key AS k, which makes the pipeline throw, names both columns as well', async () => {
    const { pipeline } = runOfPipeline(kit, {
      rowToMessageBody: (row) => (row as { key: string }).key.toUpperCase(),
    });

    await expect(finish(resultOf(['a'], 'k'), { pipeline })).rejects.toThrow(
      /rowToMessageBody: it reads 'key', but queryInventory selects 'k': Cannot read properties of undefined/,
    );
  });

  test('is not read to its end once more than 1 % of all its rows must be refused', async () => {
    const keys = [...keysOf(0, 40), ...keysOf(3_000, 0)];

    await expect(finish(resultOf(keys), { pageBytes: 1_000 })).rejects.toThrow(
      'The other rows were not read.',
    );
    expect((await stored())?.counts.rows).toBeLessThan(500);
  });

  test('is read to its end while the refused rows may be less than 1 % of all', async () => {
    const keys = [...keysOf(0, 20), ...keysOf(3_000, 0)];

    expect(await finish(resultOf(keys), { pageBytes: 1_000 })).toMatchObject({
      outcome: 'complete',
      counts: { rows: 3_020, refused: 20 },
    });
  });

  test('that begins with 1,000 refused rows is not read further, whatever its size', async () => {
    const keys = [...keysOf(0, 1_500), ...keysOf(200_000, 0)];

    await expect(finish(resultOf(keys), { pageBytes: 4_000 })).rejects.toThrow(
      '(no row became a message)',
    );
    expect((await stored())?.counts.rows).toBeLessThan(1_500);
    expect(kit.queue.bodies).toEqual([]);
  });

  test('keeps its first refused row when another invocation continues it', async () => {
    const cursor = {
      result: { href: RESULT.href, offset: 6, size: 30, eTag: '1', columns: ['key'] },
      counts: { rows: 1, sent: 0, skipped: 0, refused: 1 },
      firstRefused: { key: 'earlier', reason: 'it is old' },
    };

    await expect(finish(resultOf(['bad-1', 'bad-2']), { cursor })).rejects.toThrow(
      "the first 'earlier': it is old",
    );
  });
});

describe('[N02] a chunk that failed because of its refused rows', () => {
  const settings = () => ({ ...kit.settings, frequencyHours: 6, initialChunk: '2022' });

  async function failed(): Promise<BackfillRun> {
    const cursor = { source: sourceOf(settings()), inventoryDate: '2022-04-22' };
    const run = { settings: settings(), cursor };
    await expect(finish(resultOf(keysOf(1, 1)), run)).rejects.toThrow('were refused');
    return runOf(resultOf([]), { settings: settings() });
  }

  test('is not sent again by the schedule', async () => {
    const run = await failed();

    expect(await beginDue(run)).toMatchObject({
      outcome: 'failed',
      chunk: '2022',
      message: expect.stringContaining('1 of 2 rows') as unknown,
    });
    expect(kit.invocations).toEqual([]);
    expect(kit.queue.bodies).toHaveLength(1);
  });

  test('is not sent again by a retry of its event, or by the resume schedule', async () => {
    const run = await failed();
    const handler = historicHandler(run.pipeline).with(run);

    await expect(handler({ action: 'continue' }, invocation('o'))).rejects.toThrow('were refused');
    expect(await handler({ action: 'continue' }, invocation('keeper'))).toMatchObject({
      outcome: 'failed',
    });
    expect(kit.queue.bodies).toHaveLength(1);
  });

  test('is sent again by the next run where a person has allowed it', async () => {
    const run = await failed();
    const before = await kit.cursors.read();
    if (before?.cursor.failure === undefined) throw new Error('it has not failed');
    const failure = { ...before.cursor.failure, needsStart: false };
    await kit.cursors.write({ ...before.cursor, failure }, before.version);

    // It begins, which needs a report; this test has none.
    await expect(beginDue(run)).rejects.toThrow('is not a manifest');
  });
});
