import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inventoryQuery, sqlName, sqlString } from '../../../lambdas/inventory/query.js';
import { parseInventory, type Inventory } from '../../../lambdas/inventory/inventory.js';
import { parseRecords } from '../../../lambdas/inventory/result-csv.js';
import { duckDbEngine } from '../../../local/inventory/duckdb-engine.js';
import { writeInventory, type InventoryRow } from '../../support/backfill/inventory-folder.js';

const DT = '2022-04-22-01-00';
const ALL_FIELDS = [
  'Bucket',
  'Key',
  'VersionId',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'LastModifiedDate',
  'ETag',
];
const ALL_COLUMNS = 'key, size, last_modified_date, e_tag';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'query-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function select(inventory: Inventory, text: string, dt: string | undefined = DT) {
  const engine = duckDbEngine({ folder: join(folder, 'results') });
  const relation = await engine.relation(inventory, dt);
  const sql = inventoryQuery({ dialect: 'duckdb', inventory, relation, select: text });
  const id = await engine.start(sql, randomUUID());
  await engine.close();
  const state = await engine.state(id);
  if (state.state !== 'succeeded') throw new Error(JSON.stringify(state));
  return parseRecords(await readFile(state.resultHref), true).records.slice(1);
}

async function selectFrom(
  rows: readonly InventoryRow[],
  text: string,
  options: { fields?: string[]; format?: 'CSV' | 'Parquet' } = {},
) {
  const { fields = ALL_FIELDS, format = 'CSV' } = options;
  const location = join(folder, 'inventory');
  await writeInventory({ folder: location, dt: DT, format, fields, files: [rows] });
  return select(parseInventory({ location, format, fields: fields.join() }), text);
}

function row(key: string, values: InventoryRow = {}): InventoryRow {
  return {
    bucket: 'b',
    key,
    version_id: '',
    is_latest: true,
    is_delete_marker: false,
    size: 5,
    last_modified_date: '2022-04-20T01:02:03.000Z',
    e_tag: 'e',
    ...values,
  };
}

describe('the relation inventory on the local engine', () => {
  test.each(['CSV', 'Parquet'] as const)(
    'current objects of a %s report, with typed columns',
    async (format) => {
      const rows = [
        row('a'),
        row('old', { is_latest: false }),
        row('gone', { is_delete_marker: true, size: null }),
        row('folder/', { size: 0 }),
        row('folder/not-empty/', { size: 1 }),
      ];

      const found = await selectFrom(
        rows,
        `SELECT ${ALL_COLUMNS}, size + 1 FROM inventory ORDER BY key`,
        { format },
      );

      expect(found).toEqual([
        ['a', '5', '2022-04-20 01:02:03.000', 'e', '6'],
        ['folder/not-empty/', '1', '2022-04-20 01:02:03.000', 'e', '2'],
      ]);
    },
  );

  test('[C01] keys of a CSV report are decoded once, spaces and pluses alike', async () => {
    const rows = [row('a b+1.tif'), row('%20'), row('日本/"é".tif')];

    const found = await selectFrom(rows, 'SELECT key FROM inventory ORDER BY key');

    expect(found).toEqual([['%20'], ['a b+1.tif'], ['日本/"é".tif']]);
  });

  test('[C02] keys of a Parquet report are not decoded', async () => {
    const found = await selectFrom([row('a+b%41.tif')], 'SELECT key FROM inventory', {
      format: 'Parquet',
    });

    expect(found).toEqual([['a+b%41.tif']]);
  });

  test('[C08] is_latest is read in upper or lower case', async () => {
    const rows = [
      row('a', { is_latest: 'TRUE' }),
      row('b', { is_latest: 'False' }),
      row('c', { is_latest: 'true' }),
    ];

    expect(await selectFrom(rows, 'SELECT key FROM inventory ORDER BY key')).toEqual([
      ['a'],
      ['c'],
    ]);
  });

  test('[C10] a report of current versions, and one with other columns, can be queried', async () => {
    expect(
      await selectFrom([row('a')], 'SELECT key FROM inventory', { fields: ['Bucket', 'Key'] }),
    ).toEqual([['a']]);
    const fields = ['Bucket', 'Key', 'Size', 'StorageClass'];
    const rows = [row('a', { storage_class: 'GLACIER' })];

    expect(await selectFrom(rows, 'SELECT storage_class, size FROM inventory', { fields })).toEqual(
      [['GLACIER', '5']],
    );
  });

  test('[C07] [C31] an empty size is null and its object is kept, even if it looks like a folder', async () => {
    const rows = [
      row('a', { size: null }),
      row('b/', { size: null }),
      row('c', { last_modified_date: 'never' }),
    ];

    const found = await selectFrom(
      rows,
      'SELECT key, size, last_modified_date FROM inventory ORDER BY key',
    );

    expect(found).toEqual([
      ['a', undefined, '2022-04-20 01:02:03.000'],
      ['b/', undefined, '2022-04-20 01:02:03.000'],
      ['c', '5', undefined],
    ]);
  });

  test('[C26] half-open day windows contain every object exactly once', async () => {
    const times = [
      '20T00:00:00.000',
      '20T23:59:59.999',
      '21T00:00:00.000',
      '21T12:00:00.000',
      '22T00:00:00.000',
    ];
    const rows = times.map((time) => row(time, { last_modified_date: `2022-04-${time}Z` }));
    const window = (day: string) =>
      `SELECT key FROM inventory WHERE last_modified_date >= timestamp '${day} 00:00:00'
         AND last_modified_date < timestamp '${day} 00:00:00' + interval '1' day ORDER BY key`;

    const days = [];
    for (const day of ['2022-04-20', '2022-04-21', '2022-04-22'])
      days.push(...(await selectFrom(rows, window(day))));

    expect(days.flat()).toEqual(times);
  });

  test('the query of the author may start with CTEs', async () => {
    const text = "WITH mine AS (SELECT key FROM inventory WHERE key <> 'b') SELECT key FROM mine;";

    expect(await selectFrom([row('a'), row('b')], text)).toEqual([['a']]);
  });

  test.each([
    '-- mine\nSELECT key FROM inventory',
    "/* it's\n mine */ SELECT key FROM inventory",
    'SELECT key FROM inventory -- all',
    'SELECT key FROM inventory; -- all of it\n;',
    '-- with\nWITH/**/mine AS (SELECT key FROM inventory) SELECT key FROM mine /* the end */;',
    `SELECT key AS "a--b", '/*' FROM inventory`,
  ])('the author may comment: %j', async (text) => {
    const [[key] = []] = await selectFrom([row('a')], text);

    expect(key).toBe('a');
  });

  test('a string literal that looks like a comment is kept', async () => {
    const keys = ["it's --; /* a", 'b'];
    const text = "SELECT key FROM inventory WHERE key = 'it''s --; /* a'";

    expect(
      await selectFrom(
        keys.map((key) => row(key)),
        text,
      ),
    ).toEqual([[keys[0]]]);
  });
});

describe('listings on the local engine', () => {
  async function selectFromListing(name: string, content: string | Buffer) {
    const location = join(folder, name);
    await writeFile(location, content);
    const inventory = parseInventory({ location, format: 'csv', fields: 'Key' });
    return select(inventory, 'SELECT key FROM inventory ORDER BY key', undefined);
  }

  test('the first column of a CSV is the unchanged key; a header named key is skipped', async () => {
    const found = await selectFromListing(
      'keys.csv',
      'Key,Size\na%20b+1.tif,12\n"c,d.tif",3\n\ne.tif\n',
    );

    expect(found).toEqual([['a%20b+1.tif'], ['c,d.tif'], ['e.tif']]);
  });

  test('each line of a text listing is a key, whatever it contains', async () => {
    const found = await selectFromListing('keys.txt', 'a,b "c".tif\n\n"d".tif\né.tif\n');

    expect(found).toEqual([['"d".tif'], ['a,b "c".tif'], ['é.tif']]);
  });

  test.each(['keys.csv', 'keys.txt'])('lines of %s may end in CR LF', async (name) => {
    expect(await selectFromListing(name, 'key\r\na.tif\r\n\r\nb.tif\r\n')).toEqual([
      ['a.tif'],
      ['b.tif'],
    ]);
  });

  test.each(['keys.csv', 'keys.txt'])('lines of %s may end in LF and CR LF', async (name) => {
    expect(await selectFromListing(name, 'a.tif\r\nb.tif\nc.tif\r\n')).toEqual([
      ['a.tif'],
      ['b.tif'],
      ['c.tif'],
    ]);
  });

  test.each(['keys.csv', 'keys.txt'])(
    'a byte order mark in %s is not part of a key',
    async (name) => {
      expect(await selectFromListing(name, '\uFEFFa.tif\r\n')).toEqual([['a.tif']]);
      expect(await selectFromListing(name, '\uFEFFkey\na.tif\n')).toEqual([['a.tif']]);
    },
  );
});

describe('the SQL for Athena', () => {
  const relation = { from: '"db"."table"', where: "dt = '2022-04-22-01-00'" };
  const inventory = (format: string, fields: string) =>
    parseInventory({ location: 's3://d/b/id', format, fields });
  const text = (of: Inventory, from = relation) =>
    inventoryQuery({
      dialect: 'athena',
      inventory: of,
      relation: from,
      select: 'SELECT key FROM inventory',
    });

  test('[C07] [C08] reads all columns of a CSV report as text and casts them without failing', () => {
    expect(text(inventory('csv', 'Bucket,Key,IsLatest,IsDeleteMarker,Size,LastModifiedDate'))).toBe(
      `WITH inventory AS (
  SELECT * FROM (
    SELECT
      nullif("bucket", '') AS "bucket",
      url_decode("key") AS "key",
      try_cast(nullif("size", '') AS bigint) AS "size",
      cast(try(from_iso8601_timestamp(nullif("last_modified_date", ''))) AT TIME ZONE 'UTC' AS timestamp) AS "last_modified_date"
    FROM "db"."table"
    WHERE dt = '2022-04-22-01-00'
      AND lower(cast("is_latest" AS varchar)) = 'true'
      AND NOT coalesce(lower(cast("is_delete_marker" AS varchar)) = 'true', false)
  ) AS report
  WHERE NOT ("key" LIKE '%/' AND coalesce("size", -1) = 0)
)
SELECT key FROM inventory`,
    );
  });

  test('[C02] does not decode the keys of an ORC report', () => {
    expect(text(inventory('orc', 'bucket,key,size,last_modified_date'))).toBe(
      `WITH inventory AS (
  SELECT * FROM (
    SELECT
      "bucket" AS "bucket",
      "key" AS "key",
      cast("size" AS bigint) AS "size",
      cast("last_modified_date" AS timestamp) AS "last_modified_date"
    FROM "db"."table"
    WHERE dt = '2022-04-22-01-00'
  ) AS report
  WHERE NOT ("key" LIKE '%/' AND coalesce("size", -1) = 0)
)
SELECT key FROM inventory`,
    );
  });

  test('reads only the key of a listing', () => {
    const listing = parseInventory({ location: 's3://d/keys.csv', format: 'csv', fields: '' });

    expect(text(listing, { ...relation, where: '"key" IS NOT NULL' })).toBe(
      `WITH inventory AS (
  SELECT * FROM (
    SELECT
      regexp_replace("key", '^\uFEFF|\\r\\z', '') AS "key"
    FROM "db"."table"
    WHERE "key" IS NOT NULL
  ) AS report
  WHERE "key" <> ''
    AND lower("key") <> 'key'
)
SELECT key FROM inventory`,
    );
  });

  test('[C29] doubles quotes in values of config.yaml', () => {
    expect(sqlString("O'Brien/")).toBe("'O''Brien/'");
    expect(sqlString("x' OR 1=1 --\\")).toBe("'x'' OR 1=1 --\\'");
    expect(sqlName('a"b')).toBe('"a""b"');
  });

  test('casts a time of a CSV report without failing, on either engine', () => {
    const columns = inventory('csv', 'Key,ObjectLockRetainUntilDate');
    const input = { inventory: columns, relation, select: 'SELECT key FROM inventory' };

    expect(text(columns)).toContain(
      `cast(try(from_iso8601_timestamp(nullif("object_lock_retain_until_date", ''))) AT TIME ZONE 'UTC' AS timestamp)`,
    );
    expect(inventoryQuery({ ...input, dialect: 'duckdb' })).toContain(
      `try_cast(nullif("object_lock_retain_until_date", '') AS timestamp) AS "object_lock_retain_until_date"`,
    );
  });

  test('the error for an invalid query is permanent and shows 80 characters of it', () => {
    const select = `DELETE ${'x'.repeat(100)}`;
    const input = { dialect: 'athena', inventory: inventory('csv', 'Key'), relation } as const;

    const query = () => inventoryQuery({ ...input, select });

    expect(query).toThrow(
      expect.objectContaining({
        kind: 'permanent',
        message: `queryInventory must return one SELECT from inventory (returned '${select.slice(0, 80)}')`,
      }),
    );
  });

  test.each([
    ...['', 'DELETE FROM inventory', 'SELECTED', 'DELETE FROM t USING (WITH u AS (SELECT 1))'],
    ...['WITH RECURSIVE t AS (SELECT 1) SELECT 1', 'WITH \n RECURSIVE t AS (SELECT 1) SELECT 1'],
  ])("the author's text '%s' is refused", (given) => {
    const input = { dialect: 'athena', inventory: inventory('csv', 'Key'), relation } as const;

    expect(() => inventoryQuery({ ...input, select: given })).toThrow(
      `queryInventory must return one SELECT from inventory (returned '${given}')`,
    );
  });
});
