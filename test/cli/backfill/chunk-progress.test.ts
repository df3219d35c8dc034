import { describe, expect, test } from '@jest/globals';

import { chunkProgress } from '../../../cli/backfill/chunk-progress.js';
import { type BackfillCursor, newBackfill } from '../../../lambdas/backfill/cursor.js';

const begun: BackfillCursor = {
  ...newBackfill({ source: 's', chunk: '1', now: 0 }),
  stage: 'pending',
  inventoryDate: '2024-01-01',
};
const numbered = {
  nextChunk: (chunk: string) => (chunk === '3300' ? undefined : String(Number(chunk) + 1)),
};
const counts = (rows: number, sent = rows, refused = 0) => ({ rows, sent, skipped: 0, refused });

interface Given {
  readonly first?: Partial<BackfillCursor>;
  readonly now: Partial<BackfillCursor>;
  readonly chunks?: number;
  readonly nextChunk?: (chunk: string) => string | undefined;
  readonly seconds?: number;
}

function lineOf({ first, now, chunks = Infinity, seconds = 10, ...pipeline }: Given) {
  const start = { ...begun, ...first };
  return chunkProgress({ pipeline: { ...numbered, ...pipeline }, chunks, first: start })(
    { ...start, ...now },
    seconds,
  );
}

describe('[N21] the progress of a local backfill', () => {
  test('shows the chunk at work, chunks and rows a second, and the time left', () => {
    const now = { chunk: '301', chunks: 300, totals: counts(1234, 50), stage: 'sending' as const };

    expect(lineOf({ now })).toEqual({
      text: 'chunk 301 (300 of 3,300 done), 1 min 40 s left, 30 chunks/s, 123 rows/s, 1,234 rows, 50 messages',
      share: 300 / 3300,
    });
  });

  test('counts only what this command does, and no more chunks than it sends', () => {
    const first = { chunk: '1001', chunks: 1000, totals: counts(9000), counts: counts(10) };
    const now = { chunk: '1011', chunks: 1010, totals: counts(9110), counts: counts(0) };

    expect(lineOf({ first, now, chunks: 20 }).text).toBe(
      'chunk 1011 (1,010 of 1,020 done), 10 s left, 1.0 chunks/s, 10 rows/s, 9,110 rows, 9,110 messages',
    );
  });

  test('shows what a slow chunk does: the query, then the part that is sent', () => {
    const result = { href: 'x', offset: 250, size: 1000 };
    const [querying, sending] = [{ stage: 'querying' }, { stage: 'sending', result }] as const;
    const seconds = 20;

    expect(lineOf({ now: querying, seconds }).text).toBe(
      'chunk 1 (0 of 3,300 done), querying, 0 chunks/s, 0 rows/s, 0 rows, 0 messages',
    );
    expect(lineOf({ now: { ...sending, counts: counts(500, 499, 1) }, seconds }).text).toBe(
      'chunk 1 (0 of 3,300 done), 25 % sent, 73 h 20 min left, 0.8 chunks/min, 25 rows/s, 500 rows, 499 messages, 1 refused',
    );
  });

  test('of a whole inventory shows its part and the time left', () => {
    const result = { href: 'x', offset: 250, size: 1000 };
    const first = { chunk: undefined };

    expect(lineOf({ first, now: { stage: 'sending', result, counts: counts(5000) } })).toEqual({
      text: 'the whole inventory, 25 % sent, 30 s left, 500 rows/s, 5,000 rows, 5,000 messages',
      share: 0.25,
    });
    expect(lineOf({ first, now: {} })).toEqual({
      text: 'the whole inventory, querying, 0 rows/s, 0 rows, 0 messages',
      share: 0,
    });
  });

  test.each<[string, (chunk: string) => string | undefined]>([
    [
      'throws',
      () => {
        throw new TypeError('bug');
      },
    ],
    ['repeats its chunk', (chunk) => chunk],
    ['never ends', (chunk) => (chunk === 'a' ? 'b' : 'a')],
    ['returns no text', () => 7 as unknown as string],
  ])('shows no time left if nextChunk %s', (_, nextChunk) => {
    const { text, share } = lineOf({ now: { chunk: '2', chunks: 20 }, nextChunk });

    expect(text).toBe('chunk 2 (20 done), 2.0 chunks/s, 0 rows/s, 0 rows, 0 messages');
    expect(share).toBeUndefined();
  });

  test('cuts the name of a chunk and keeps commands of a terminal out of it', () => {
    const chunk = `tiles/\u001b[2J${'x'.repeat(60)}`;

    expect(lineOf({ now: { chunk, chunks: 20 } }).text).toMatch(
      /^chunk tiles\/ \[2Jx{27}\.\.\. \(/,
    );
  });
});
