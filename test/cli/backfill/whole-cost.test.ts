import { describe, expect, test } from '@jest/globals';
import { countChunks } from '../../../cli/backfill/count-chunks.js';
import { wholeCost, wholeCostText } from '../../../cli/backfill/whole-cost.js';
import { newBackfill } from '../../../lambdas/backfill/cursor.js';

const upTo = (last: number) => ({
  nextChunk: (chunk: string) => (Number(chunk) < last ? String(Number(chunk) + 1) : undefined),
});
const inventoryDate = '2022-04-22';

describe('countChunks', () => {
  test.each([
    [{}, { count: 2757, last: '2757', isExact: true }],
    [{ to: '30' }, { count: 30, last: '30', isExact: true }],
    [{ max: 12 }, { count: 12, last: '12', isExact: true }],
    [{ to: '1' }, { count: 1, last: '1', isExact: true }],
    [{ to: 'never' }, { count: 2757, last: '2757', isExact: true }],
  ])('counts %j', (options, expected) => {
    expect(countChunks(upTo(2757), { from: '1', inventoryDate, ...options })).toEqual(expected);
  });

  test('gives up after its time', () => {
    const count = countChunks(upTo(Infinity), { from: '1', inventoryDate, limitMs: 0 });

    expect(count).toMatchObject({ isExact: false });
  });

  test.each([
    ['the same chunk', () => '1'],
    ['an empty chunk', () => ''],
    ['a number', () => 7 as unknown as string],
    [
      'an error',
      () => {
        throw new Error('no');
      },
    ],
  ])('gives nothing if nextChunk gives %s', (_, nextChunk) => {
    expect(countChunks({ nextChunk }, { from: '1', inventoryDate })).toBeUndefined();
  });
});

describe('the cost of many chunks', () => {
  const estimate = { dt: 'dt', inventoryDate, files: 1, bytes: 2e9, scanUsd: 0.01, queries: 2 };
  const count = { count: 2757, last: '2014-10-03', isExact: true };
  const before = {
    ...newBackfill({ source: 's', chunk: '2', now: 0 }),
    chunks: 4,
    totals: { rows: 500, sent: 400, skipped: 100, refused: 0 },
  };

  test('is the number of chunks times the queries of a chunk', () => {
    const cost = wholeCost({ from: '2022-04-20', count, estimate });

    expect(cost).toMatchObject({ queries: 5514, bytesPerQuery: 2e9, messages: undefined });
    expect(cost.scanUsd).toBeCloseTo(55.14, 6);
    expect(wholeCostText(cost, { kind: 'aws' })).toBe(
      "chunks 2022-04-20 to 2014-10-03: 2,757 chunks, 5,514 queries, at most 55 USD (Athena's list price)",
    );
  });

  test('uses what earlier queries scanned, at least 10 MB each, and tells the messages', () => {
    const scanned = { bytes: 8e6, queries: 8 };
    const cost = wholeCost({ from: '2022-04-20', count, estimate, before: { ...before, scanned } });

    expect(cost).toMatchObject({ bytesPerQuery: 1e6, isMeasured: true, messages: 275_700 });
    expect(cost.scanUsd).toBeCloseTo(5514 * 0.00005, 6);
    expect(wholeCostText(cost, { kind: 'aws' })).toContain(
      "about 0.28 USD (Athena's list price, by what earlier queries scanned); about 275,700 messages to make Items of",
    );
  });

  test('says that it is a lower bound if the chunks could not all be counted, and that this machine is free', () => {
    const cost = wholeCost({ from: 'a', count: { ...count, isExact: false }, estimate });

    expect(wholeCostText(cost, { kind: 'local' })).toBe(
      "chunks a to 2014-10-03: at least 2,757 chunks, at least 5,514 queries, free on this machine; in AWS more than 55 USD (Athena's list price)",
    );
  });
});
