import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import { archivedQuery, inventoryQuery } from '../../../lambdas/inventory/query.js';
import { parseRecords } from '../../../lambdas/inventory/result-csv.js';
import { duckDbEngine } from '../../../local/inventory/duckdb-engine.js';
import { writeInventory, type InventoryRow } from '../../support/backfill/inventory-folder.js';

const DT = '2022-04-22-01-00';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archived-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Report {
  readonly fields: readonly string[];
  readonly format: 'CSV' | 'Parquet';
  readonly rows: readonly InventoryRow[];
}

/** The keys that a SELECT gives for the readable objects, and the number of rows that it leaves out. */
async function selected({ fields, format, rows }: Report, select: string) {
  const location = join(folder, 'inventory');
  await writeInventory({ folder: location, dt: DT, format, fields, files: [rows] });
  const inventory = parseInventory({ location, format, fields: fields.join() });
  const engine = duckDbEngine({ folder: join(folder, 'results') });
  const relation = await engine.relation(inventory, DT);
  const input = { dialect: 'duckdb', inventory, relation, select } as const;
  const count = archivedQuery(input);
  const texts = [inventoryQuery({ ...input, objects: 'readable' }), ...(count ? [count] : [])];
  const results = [];
  for (const sql of texts) {
    const id = await engine.start(sql, randomUUID());
    let state = await engine.state(id);
    while (state.state === 'running') state = await engine.state(id);
    if (state.state !== 'succeeded') throw new Error(JSON.stringify(state));
    results.push(parseRecords(await readFile(state.resultHref), true).records.slice(1));
  }
  const [records = [], counted] = results;
  return { keys: records.map(([key]) => key).sort(), archived: counted?.[0]?.[0] };
}

const CLASSES: Readonly<Record<string, string | null>> = {
  'a.xml': 'STANDARD',
  'b.xml': 'GLACIER',
  'c.xml': 'DEEP_ARCHIVE',
  'd.xml': 'GLACIER_IR',
  'e.tif': 'GLACIER',
  'f.xml': null,
};
const ROWS = Object.entries(CLASSES).map(([key, storage_class]) => ({ key, storage_class }));
const BY_CLASS = { fields: ['Key', 'StorageClass'], rows: ROWS };
const READABLE = ['a.xml', 'd.xml', 'f.xml'];

describe.each(['CSV', 'Parquet'] as const)('a %s report with storage classes', (format) => {
  test.each([
    "SELECT key FROM inventory WHERE key LIKE '%.xml'",
    "SELECT key AS k, storage_class FROM inventory i WHERE i.key LIKE '%.xml' ORDER BY k DESC;",
    "WITH x AS (SELECT * FROM inventory WHERE key LIKE '%.xml') SELECT x.key FROM x -- all",
    "SELECT key, key FROM inventory WHERE key LIKE '%.xml'",
    "SELECT DISTINCT key FROM inventory WHERE key LIKE '%.xml' UNION ALL SELECT key FROM inventory WHERE false",
  ])('gives the readable objects to %s, and counts the others', async (select) => {
    expect(await selected({ ...BY_CLASS, format }, select)).toEqual({
      keys: READABLE,
      archived: '2',
    });
  });

  test('with access tiers knows those of Intelligent-Tiering', async () => {
    const tiers = [
      ...['FREQUENT', 'INFREQUENT', 'ARCHIVE_INSTANT_ACCESS', null],
      ...['ARCHIVE', 'ARCHIVE_ACCESS', 'DEEP_ARCHIVE', 'DEEP_ARCHIVE_ACCESS'],
    ];
    const rows = tiers.map((intelligent_tiering_access_tier, index) => ({
      key: `${index}`,
      storage_class: 'INTELLIGENT_TIERING',
      intelligent_tiering_access_tier,
    }));
    const expected = { keys: ['0', '1', '2', '3'], archived: '4' };

    for (const fields of [
      ['Key', 'StorageClass', 'IntelligentTieringAccessTier'],
      ['Key', 'IntelligentTieringAccessTier'],
    ]) {
      expect(await selected({ fields, format, rows }, 'SELECT key FROM inventory')).toEqual(
        expected,
      );
    }
  });

  test('without archived objects counts none', async () => {
    const rows = ROWS.slice(0, 1);

    expect(await selected({ ...BY_CLASS, rows, format }, 'SELECT key FROM inventory')).toEqual({
      keys: ['a.xml'],
      archived: '0',
    });
  });

  test('that lacks the columns gives all objects, and counts nothing', async () => {
    const report = { fields: ['Key'], rows: ROWS, format };

    expect(await selected(report, 'SELECT key FROM inventory')).toEqual({
      keys: Object.keys(CLASSES),
      archived: undefined,
    });
  });
});

test('old versions and folders are not counted', async () => {
  const rows = [
    { key: 'a', is_latest: 'true', size: 1 },
    { key: 'a', is_latest: 'false', size: 1 },
    { key: 'folder/', is_latest: 'true', size: 0 },
  ].map((row) => ({ ...row, storage_class: 'GLACIER' }));
  const fields = ['Key', 'IsLatest', 'Size', 'StorageClass'];

  expect(await selected({ fields, rows, format: 'CSV' }, 'SELECT key FROM inventory')).toEqual({
    keys: [],
    archived: '1',
  });
});

test('Athena counts the rows of the same SELECT in a query of its own', () => {
  const inventory = parseInventory({
    location: 's3://b/i',
    format: 'orc',
    fields: 'key,storage_class',
  });
  const relation = { from: '"db"."objects"', where: "dt = 'x'" };

  expect(
    archivedQuery({ dialect: 'athena', inventory, relation, select: 'SELECT key FROM inventory;' }),
  ).toBe(
    [
      'WITH inventory AS (',
      '  SELECT * FROM (',
      '    SELECT',
      '      "key" AS "key",',
      '      "storage_class" AS "storage_class"',
      '    FROM "db"."objects"',
      "    WHERE dt = 'x'",
      '  ) AS report',
      `  WHERE (coalesce(upper("storage_class") IN ('GLACIER', 'DEEP_ARCHIVE'), false))`,
      ')',
      'SELECT count(*) AS "archived" FROM (',
      'SELECT key FROM inventory',
      ') AS selected',
    ].join('\n'),
  );
});
