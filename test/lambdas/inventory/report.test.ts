import { describe, expect, test } from '@jest/globals';
import {
  configLines,
  findReport,
  manifestHref,
  scanCostUsd,
  inventoryOf,
} from '../../../lambdas/inventory/report.js';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import type { ObjectReader } from '../../../lambdas/inventory/objects.js';

const LOCATION = 's3://dest/bucket/id';
const ORC_SCHEMA =
  'struct<bucket:string,key:string,version_id:string,is_latest:boolean,size:bigint,last_modified_date:timestamp>';
const PARQUET_SCHEMA =
  'message s3.inventory {  required binary bucket (STRING);  required binary key (STRING);' +
  '  optional int64 size;  optional int64 last_modified_date (TIMESTAMP(MILLIS,true));}';

/** Objects by href; folders are what stands before the next slash. */
function objectsOf(texts: Readonly<Record<string, string>>): ObjectReader {
  return {
    read: (href) => {
      const text = texts[href];
      if (text === undefined) return Promise.resolve(undefined);
      const bytes = Buffer.from(text);
      const lastModified = new Date('2022-04-30T23:59:59Z');
      return Promise.resolve({ bytes, size: bytes.length, eTag: '1', lastModified });
    },
    folders: (href) =>
      Promise.resolve(
        Object.keys(texts).flatMap((name) =>
          name.startsWith(href) ? (name.slice(href.length).split('/')[0] ?? '') : [],
        ),
      ),
  };
}

function report(dt: string, manifest: object = {}) {
  const whole = {
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size',
    files: [
      { key: 'a', size: 40 },
      { key: 'b', size: 2 },
    ],
    ...manifest,
  };
  return {
    [`${LOCATION}/hive/dt=${dt}/symlink.txt`]: 's3://dest/a\ns3://dest/b',
    [manifestHref(LOCATION, dt)]: JSON.stringify(whole),
  };
}

function inventory(fields = 'Bucket,Key,Size', format = 'csv', location = LOCATION) {
  return parseInventory({ location, format, fields });
}

test('[C23] the manifest of a report is in a folder whose name has T and Z', () => {
  expect(manifestHref(LOCATION, '2022-04-22-01-30')).toBe(
    's3://dest/bucket/id/2022-04-22T01-30Z/manifest.json',
  );
});

test('[C22] the newest report is found by listing hive/, whatever else it contains', async () => {
  const objects = objectsOf({
    ...report('2022-04-22-01-00'),
    ...report('2022-10-01-01-00'),
    ...report('2022-09-30-23-59'),
    [`${LOCATION}/hive/dt=latest/symlink.txt`]: 'x',
    [`${LOCATION}/hive/zzz/symlink.txt`]: 'x',
    [`${LOCATION}/hive/dt=2023-10-01-01-00-old/symlink.txt`]: 'x',
    [`${LOCATION}/hive/old-dt=2023-10-01-01-00/symlink.txt`]: 'x',
  });

  expect(await findReport(inventory(), objects)).toEqual({
    dt: '2022-10-01-01-00',
    inventoryDate: '2022-10-01',
    files: 2,
    bytes: 42,
  });
});

test('the report that the location pins is read, or the one that the backfill started with', async () => {
  const objects = objectsOf({ ...report('2022-04-22-01-00'), ...report('2022-10-01-01-00') });
  const pinned = inventory('Bucket,Key,Size', 'csv', `${LOCATION}/hive/dt=2022-04-22-01-00`);

  expect((await findReport(pinned, objects)).dt).toBe('2022-04-22-01-00');
  expect((await findReport(inventory(), objects, '2022-04-22-01-00')).dt).toBe('2022-04-22-01-00');
});

test('[C10] columns that differ from config.yaml are an error with the two lines to set', async () => {
  const fileSchema = 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size';
  const objects = objectsOf(report('2022-04-22-01-00', { fileSchema }));

  await expect(findReport(inventory(), objects)).rejects.toThrow(
    'report dt=2022-04-22-01-00 does not match config.yaml (csv: bucket, key, size). ' +
      'Set these two lines in config.yaml and deploy again:\n' +
      'inventory_format: csv\n' +
      'inventory_fields: [Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size]',
  );
});

test('[C02] a format that differs from config.yaml is the same error', async () => {
  const objects = objectsOf(
    report('2022-04-22-01-00', {
      fileFormat: 'ORC',
      fileSchema: 'struct<bucket:string,key:string,size:bigint>',
    }),
  );

  await expect(findReport(inventory(), objects)).rejects.toThrow(
    'inventory_format: orc\ninventory_fields: [bucket, key, size]',
  );
});

test('the lines for config.yaml have the names of the report', () => {
  expect(configLines({ fileFormat: 'Parquet', fileSchema: PARQUET_SCHEMA, files: [] })).toBe(
    'inventory_format: parquet\ninventory_fields: [bucket, key, size, last_modified_date]',
  );
});

test('the manifest of a report determines its format and columns', () => {
  const manifest = { fileFormat: 'ORC', fileSchema: ORC_SCHEMA, files: [] };

  expect(inventoryOf(manifest, 's3://d/b/id', '2022-04-22-01-00')).toEqual({
    location: 's3://d/b/id',
    format: 'orc',
    pinnedDt: '2022-04-22-01-00',
    columns: ['bucket', 'key', 'version_id', 'is_latest', 'size', 'last_modified_date'],
  });
});

describe('each kind of unreadable report has its own error:', () => {
  const dt = '2022-04-22-01-00';
  const href = `${LOCATION}/hive/dt=${dt}/symlink.txt`;
  const passing = { name: 'QueryError', kind: 'transient' };

  test.each([
    [
      'no partition',
      {},
      `no partition: ${LOCATION}/hive/ has no folder dt=YYYY-MM-DD-HH-MM. ` +
        'S3 writes the first report up to 48 hours after an inventory is configured; if it is older, correct inventory_location',
    ],
    [
      'no manifest',
      { [href]: '' },
      `report dt=${dt} has no manifest: ${manifestHref(LOCATION, dt)} does not exist. ` +
        'It was removed or is being written; restart the backfill to use the newest report',
    ],
    [
      'a manifest without files',
      report(dt, { files: [] }),
      `no file: report dt=${dt} has no data (its manifest lists no files). The bucket was empty, or the report is still being written`,
    ],
    [
      'a symlink.txt without a line',
      { ...report(dt), [href]: ' \n' },
      `no file: report dt=${dt} has no data (${href} lists no files). The bucket was empty, or the report is still being written`,
    ],
  ])('%s, which may pass', async (_name, texts, message) => {
    const found = findReport(inventory(), objectsOf(texts));

    await expect(found).rejects.toMatchObject({ ...passing, message });
  });

  test.each([
    ['fewer files than the manifest', 's3://dest/a\n', 1],
    ['more files than the manifest', 's3://dest/a\ns3://dest/b\n\ns3://dest/c\n', 3],
  ])('[N07] a symlink.txt that lists %s, which is transient', async (_, text, lists) => {
    const found = findReport(inventory(), objectsOf({ ...report(dt), [href]: text }));

    await expect(found).rejects.toMatchObject({
      ...passing,
      message: expect.stringContaining(`its manifest lists 2 files, but ${href} lists ${lists}.`),
    });
  });

  test('[N07] line ends of Windows and a missing last line end do not count as files', async () => {
    const text = 's3://dest/a\r\ns3://dest/b';

    await expect(
      findReport(inventory(), objectsOf({ ...report(dt), [href]: text })),
    ).resolves.toMatchObject({ files: 2 });
  });

  test('a report without symlink.txt, which is transient', async () => {
    const texts: Record<string, string> = report(dt);
    const objects = objectsOf(
      Object.fromEntries(Object.entries(texts).filter(([name]) => name !== href)),
    );

    await expect(findReport(inventory(), objects, dt)).rejects.toMatchObject({
      ...passing,
      message: expect.stringContaining(`${href} lists no files`) as unknown,
    });
  });

  test.each(['{"files":', '{"fileFormat":"CSV","fileSchema":"Key"}'])(
    'the manifest %s, which is permanent',
    async (text) => {
      const name = manifestHref(LOCATION, dt);
      const found = findReport(inventory(), objectsOf({ ...report(dt), [name]: text }));

      await expect(found).rejects.toMatchObject({
        name: 'QueryError',
        kind: 'permanent',
        message: `${name} is not a manifest of S3 Inventory: fileFormat, fileSchema or files is missing`,
        cause: expect.anything() as unknown,
      });
    },
  );

  test('different columns, which is permanent', async () => {
    const found = findReport(inventory('Bucket,Key'), objectsOf(report(dt)));

    await expect(found).rejects.toMatchObject({ name: 'QueryError', kind: 'permanent' });
  });

  test.each([
    ['does not exist', {}],
    ['is empty', { 's3://dest/keys.csv': '' }],
  ])('a listing that %s, which may pass', async (what, texts) => {
    const found = findReport(inventory('', 'csv', 's3://dest/keys.csv'), objectsOf(texts));

    await expect(found).rejects.toMatchObject({
      ...passing,
      message: `no file: the listing s3://dest/keys.csv ${what}`,
    });
  });
});

test('a listing is one file, dated by its modification time; only one byte is read', async () => {
  const listing = objectsOf({ 's3://dest/keys.csv': 'a\nb\n' });
  const ranges: unknown[] = [];
  const read: ObjectReader['read'] = (href, range) => {
    ranges.push(range);
    return listing.read(href, range);
  };

  const found = findReport(inventory('', 'csv', 's3://dest/keys.csv'), { ...listing, read });

  expect(await found).toEqual({
    dt: undefined,
    inventoryDate: '2022-04-30',
    files: 1,
    bytes: 4,
  });
  expect(ranges).toEqual([{ offset: 0, length: 1 }]);
});

test('a scan costs 5 USD per terabyte, with a minimum of 10 MB', () => {
  expect([scanCostUsd(2e12), scanCostUsd(1)]).toEqual([10, 0.00005]);
});
