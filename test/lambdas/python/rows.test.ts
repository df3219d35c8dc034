import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseBody } from '../../../lambdas/granule/message.js';
import { KEY_ROWS } from '../../../lambdas/python/rows.js';

const { queryInventory, rowToMessageBody, nextChunk } = KEY_ROWS;
const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, { GRANULE_PATTERN: "it's/.*\\.nc$", GRANULE_BUCKET: 'sst' });
});
afterEach(() => {
  process.env = { ...before };
});

describe('the backfill of a pipeline without historic.ts', () => {
  test('selects every key that matches granule_pattern', () => {
    expect(queryInventory({ chunk: undefined })).toBe(
      "SELECT key FROM inventory WHERE regexp_like(key, 'it''s/.*\\.nc$')",
    );
  });

  test('selects the objects of a day', () => {
    expect(queryInventory({ chunk: '2024-02-28' })).toBe(
      "SELECT key FROM inventory WHERE regexp_like(key, 'it''s/.*\\.nc$') " +
        "AND last_modified_date >= timestamp '2024-02-28 00:00:00' " +
        "AND last_modified_date < timestamp '2024-02-29 00:00:00'",
    );
  });

  test('refuses a chunk that is not a day', () => {
    expect(() => queryInventory({ chunk: '2024' })).toThrow('a chunk must be a day');
  });

  test('sends an event of S3 for a row, which the pipeline reads', () => {
    const body = rowToMessageBody({ key: "it's/a b.nc" });

    expect(parseBody(body ?? '').messages).toMatchObject([
      { type: 's3-object', href: "s3://sst/it's/a b.nc" },
    ]);
  });

  test.each([[{}], [{ key: 'other.txt' }]])('skips the row %j', (row) => {
    expect(rowToMessageBody(row)).toBeUndefined();
  });

  test('goes on to the day before the inventory report', () => {
    expect(nextChunk('2024-02-28', { inventoryDate: '2024-03-02' })).toBe('2024-02-29');
    expect(nextChunk('2024-02-29', { inventoryDate: '2024-03-02' })).toBe('2024-03-01');
    expect(nextChunk('2024-03-01', { inventoryDate: '2024-03-02' })).toBeUndefined();
  });
});
