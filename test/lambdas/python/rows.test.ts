import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseBody } from '../../../lambdas/granule/message.js';
import { pythonHistoricHandler } from '../../../lambdas/python-historic-handler.js';
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

describe('the id of the Item of a key', () => {
  test('is what the group (?<id>...) of granule_pattern matches', () => {
    process.env['GRANULE_PATTERN'] = '/(?<id>[\\w.-]+)/[^/]*_MTL\\.xml$';

    expect(KEY_ROWS.itemIdOf?.({ key: 'l2/LC09_01/LC09_MTL.xml' })).toBe('LC09_01');
    expect(KEY_ROWS.itemIdOf?.({ key: 'LC09_MTL.xml' })).toBeUndefined();
    expect(KEY_ROWS.itemIdOf?.({})).toBeUndefined();
  });

  test('is undefined if the group matches nothing', () => {
    process.env['GRANULE_PATTERN'] = '/(?<id>\\d*)x\\.nc$';

    expect(KEY_ROWS.itemIdOf?.({ key: 'a/x.nc' })).toBeUndefined();
  });

  test.each(['\\.nc$', '\\(?<id>\\.nc$', '[(?<id>]+\\.nc$', undefined])(
    'is unknown with the pattern %s',
    (pattern) => {
      if (pattern === undefined) delete process.env['GRANULE_PATTERN'];
      else process.env['GRANULE_PATTERN'] = pattern;

      expect(KEY_ROWS.itemIdOf).toBeUndefined();
    },
  );

  test('leaves the SQL alone, since not every engine knows names of groups', () => {
    process.env['GRANULE_PATTERN'] = '[(?<id>]\\(?<id>/(?<id>x)\\.nc$';

    expect(queryInventory({ chunk: undefined })).toContain("'[(?<id>]\\(?<id>/(x)\\.nc$'");
  });

  test('comes from historic.ts if that says it', () => {
    const itemIdOf = () => 'own';

    const { pipeline } = pythonHistoricHandler({ itemIdOf });

    expect(pipeline).toMatchObject({ itemIdOf, queryInventory });
    expect(pythonHistoricHandler().pipeline).toBe(KEY_ROWS);
  });
});
