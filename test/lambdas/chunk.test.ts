import { describe, expect, test } from '@jest/globals';
import {
  addCounts,
  newBackfill,
  parseCursor,
  pauseBackfill,
  restartBackfill,
  resumeBackfill,
  type CursorStore,
} from '../../lambdas/chunk.js';
import { memoryCursors } from '../../lambdas/cursor-table.js';

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

test('a new backfill waits with its first chunk, and survives as JSON', () => {
  const cursor = newBackfill(begin);

  expect(cursor).toMatchObject({
    stage: 'waiting',
    chunk: '2022-04-20',
    paused: false,
    attempt: 0,
  });
  expect(parseCursor(JSON.stringify(cursor))).toEqual(cursor);
});

test.each(['', 'null', '{"stage":"sending"}', '{"stage":'])(
  'the cursor %s says how to begin anew',
  (text) => {
    expect(() => parseCursor(text)).toThrow('npm run backfill -- <pipeline> restart');
  },
);

test('counts add up', () => {
  const counts = { rows: 1, sent: 2, skipped: 3, refused: 4 };

  expect(addCounts(counts, counts)).toEqual({ rows: 2, sent: 4, skipped: 6, refused: 8 });
});

describe('commands of a person', () => {
  test('pause and resume do nothing where there is no backfill', async () => {
    const store = memoryCursors();

    expect([await pauseBackfill(store), await resumeBackfill(store), await store.read()]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  test('pause and resume change nothing else, and lose no write of a run', async () => {
    const store = memoryCursors();
    await store.write(newBackfill(begin), undefined);

    const paused = await pauseBackfill(contended(store));
    const resumed = await resumeBackfill(store);

    expect(paused).toEqual({ ...newBackfill(begin), chunks: 7, paused: true });
    expect(resumed).toEqual({ ...newBackfill(begin), chunks: 7 });
  });

  test('restart gives what was, and queries of the new backfill get new tokens', async () => {
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
