import { describe, expect, test } from '@jest/globals';
import { addCounts } from '../../../lambdas/backfill/counts.js';
import {
  isUnfinished,
  newBackfill,
  parseCursor,
  pauseBackfill,
  restartBackfill,
  resumeBackfill,
  type CursorStore,
} from '../../../lambdas/backfill/cursor.js';
import { memoryCursors } from '../../../lambdas/backfill/cursor-table.js';

const NOW = Date.parse('2022-05-01T00:00:00Z');
const begin = { source: 's3://d/b/id csv chunks', chunk: '2022-04-20', now: NOW };

/** Another writer gets in between the first read and the first write. */
function contended(store: CursorStore): CursorStore {
  let first = true;
  return {
    ...store,
    write: async (cursor, expected) => {
      const stored = await store.read();
      if (first && stored) await store.write({ ...stored.cursor, chunks: 7 }, stored.version);
      first = false;
      return store.write(cursor, expected);
    },
  };
}

test('a new backfill waits to start its first chunk, and its JSON parses to the same cursor', () => {
  const cursor = newBackfill(begin);

  const time = '2022-05-01T00:00:00.000Z';
  const counts = { rows: 0, sent: 0, skipped: 0, refused: 0 };
  expect(cursor).toEqual({
    source: 's3://d/b/id csv chunks',
    stage: 'waiting',
    chunk: '2022-04-20',
    paused: false,
    bytes: 0,
    attempt: 0,
    restarts: 0,
    chunks: 0,
    counts,
    totals: counts,
    startedAt: time,
    chunkStartedAt: time,
    updatedAt: time,
  });
  expect(parseCursor(JSON.stringify(cursor), 'example')).toEqual(cursor);
});

test.each(['', 'null', '{"stage":"sending"}', '{"stage":'])(
  'the cursor %s is an error that names the command to start over',
  (text) => {
    expect(() => parseCursor(text, 'example')).toThrow('npm run backfill -- example restart');
  },
);

test('a cursor with every optional field parses to the same cursor', () => {
  const cursor = {
    ...newBackfill(begin),
    dt: 'dt',
    listing: 's3://b/list.csv',
    inventoryDate: '2022-04-20',
    queryId: 'q',
    result: { href: 's3://r/x', offset: 1, size: 2, eTag: 'e', columns: ['key'] },
    failure: { message: 'm', owner: 'o' },
    lease: { owner: 'o', until: 5 },
  };

  expect(parseCursor(JSON.stringify(cursor), 'example')).toEqual(cursor);
});

test.each([
  ['waiting', false],
  ['pending', true],
  ['querying', true],
  ['sending', true],
  ['complete', false],
  ['empty', false],
  ['failed', false],
] as const)('the stage %s is unfinished: %s', (stage, unfinished) => {
  const cursor = { ...newBackfill(begin), stage };

  expect(isUnfinished(cursor)).toBe(unfinished);
  expect(parseCursor(JSON.stringify(cursor), 'example').stage).toBe(stage);
});

test('counts are added', () => {
  const counts = { rows: 1, sent: 2, skipped: 3, refused: 4 };

  expect(addCounts(counts, counts)).toEqual({ rows: 2, sent: 4, skipped: 6, refused: 8 });
});

describe('commands', () => {
  test('pause and resume do nothing if there is no backfill', async () => {
    const store = memoryCursors();

    expect([await pauseBackfill(store), await resumeBackfill(store), await store.read()]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  test('restart replaces a cursor that cannot be parsed, and creates one if none is stored', async () => {
    const store = memoryCursors();
    expect(await restartBackfill(store, begin)).toBeUndefined();
    const read = () =>
      Promise.resolve('{}').then((text) => ({ cursor: parseCursor(text, 'example'), version: 1 }));

    expect(await restartBackfill({ ...store, read }, begin)).toBeUndefined();
    expect(await store.read()).toEqual({ cursor: newBackfill(begin), version: 2 });
  });

  test('restart throws if the table cannot be read', async () => {
    const store = memoryCursors();
    await restartBackfill(store, begin);
    const down: CursorStore = { ...store, read: () => Promise.reject(new Error('throttled')) };

    await expect(restartBackfill(down, begin)).rejects.toThrow('throttled');
    expect((await store.read())?.version).toBe(1);
  });

  test('pause and resume change nothing else, and do not overwrite a concurrent write', async () => {
    const store = memoryCursors();
    await store.write(newBackfill(begin), undefined);

    const paused = await pauseBackfill(contended(store));
    const resumed = await resumeBackfill(store);

    expect(paused).toEqual({ ...newBackfill(begin), chunks: 7, paused: true });
    expect(resumed).toEqual({ ...newBackfill(begin), chunks: 7 });
  });

  test('restart returns the previous cursor, and the new backfill uses new query tokens', async () => {
    const store = memoryCursors();
    const old = { ...newBackfill(begin), attempt: 3, queryId: 'old', chunks: 2 };
    await store.write(old, undefined);

    const was = await restartBackfill(contended(store), { ...begin, chunk: '2022-04-25' });

    expect(was).toEqual({ ...old, chunks: 7 });
    expect((await store.read())?.cursor).toEqual({
      ...newBackfill({ ...begin, chunk: '2022-04-25' }),
      attempt: 3,
    });
  });
});
