import { expect, test } from '@jest/globals';
import {
  configLines,
  findReport,
  manifestHref,
  scanCostUsd,
  inventoryOf,
  schemaFields,
} from '../../lambdas/inventory-report.js';
import { parseInventory } from '../../lambdas/inventory.js';
import type { ObjectReader } from '../../lambdas/objects.js';

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
    ...{ fileFormat: 'CSV', fileSchema: 'Bucket, Key, Size' },
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

test('[C23] the manifest of a report stands in a folder with T and Z', () => {
  expect(manifestHref(LOCATION, '2022-04-22-01-30')).toBe(
    's3://dest/bucket/id/2022-04-22T01-30Z/manifest.json',
  );
});

test('[C22] the newest report is found by listing hive/, whatever else stands there', async () => {
  const objects = objectsOf({
    ...{
      ...report('2022-04-22-01-00'),
      ...report('2022-10-01-01-00'),
      ...report('2022-09-30-23-59'),
    },
    [`${LOCATION}/hive/dt=latest/symlink.txt`]: 'x',
    [`${LOCATION}/hive/zzz/symlink.txt`]: 'x',
  });

  expect(await findReport(inventory(), objects)).toEqual({
    ...{ dt: '2022-10-01-01-00', inventoryDate: '2022-10-01', files: 2, bytes: 42 },
  });
});

test('the report that the location pins is read, or the one that the backfill began with', async () => {
  const objects = objectsOf({ ...report('2022-04-22-01-00'), ...report('2022-10-01-01-00') });
  const pinned = inventory('Bucket,Key,Size', 'csv', `${LOCATION}/hive/dt=2022-04-22-01-00`);

  expect((await findReport(pinned, objects)).dt).toBe('2022-04-22-01-00');
  expect((await findReport(inventory(), objects, '2022-04-22-01-00')).dt).toBe('2022-04-22-01-00');
});

test('[C10] other columns than configured are an error with the two lines for config.yaml', async () => {
  const fileSchema = 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size';
  const objects = objectsOf(report('2022-04-22-01-00', { fileSchema }));

  await expect(findReport(inventory(), objects)).rejects.toThrow(
    'report dt=2022-04-22-01-00 is not what config.yaml says (csv: bucket, key, size). ' +
      'Put these two lines into config.yaml and deploy again:\n' +
      'inventory_format: csv\n' +
      'inventory_fields: [Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size]',
  );
});

test('[C02] another format than configured is the same error', async () => {
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

test('schemas of all three formats give the field names', () => {
  expect(schemaFields('Bucket, Key,Size')).toEqual(['Bucket', 'Key', 'Size']);
  expect(schemaFields(ORC_SCHEMA)).toEqual([
    ...['bucket', 'key', 'version_id', 'is_latest', 'size', 'last_modified_date'],
  ]);
  expect(schemaFields(PARQUET_SCHEMA)).toEqual(['bucket', 'key', 'size', 'last_modified_date']);
  expect(configLines({ fileFormat: 'Parquet', fileSchema: PARQUET_SCHEMA, files: [] })).toBe(
    'inventory_format: parquet\ninventory_fields: [bucket, key, size, last_modified_date]',
  );
});

test('a manifest describes its own report', () => {
  const manifest = { fileFormat: 'ORC', fileSchema: ORC_SCHEMA, files: [] };

  expect(inventoryOf(manifest, 's3://d/b/id', '2022-04-22-01-00')).toEqual({
    ...{ location: 's3://d/b/id', format: 'orc', pinnedDt: '2022-04-22-01-00' },
    columns: ['bucket', 'key', 'version_id', 'is_latest', 'size', 'last_modified_date'],
  });
});

test('no partition, no manifest, an empty report and no manifest at all are different errors', async () => {
  const dt = '2022-04-22-01-00';
  const find = (objects: ObjectReader) => findReport(inventory(), objects, undefined);
  const symlink = { [`${LOCATION}/hive/dt=${dt}/symlink.txt`]: '' };

  await expect(find(objectsOf({}))).rejects.toThrow(
    /^no partition: s3:\/\/dest\/bucket\/id\/hive\//,
  );
  await expect(find(objectsOf(symlink))).rejects.toThrow(/has no manifest: .*2022-04-22T01-00Z/);
  await expect(find(objectsOf(report(dt, { files: [] })))).rejects.toThrow(
    /^no file: .*its manifest lists none/,
  );
  await expect(find(objectsOf({ ...report(dt), ...symlink }))).rejects.toThrow(
    /^no file: .*symlink.txt names none/,
  );
  await expect(
    find(objectsOf({ ...report(dt), [manifestHref(LOCATION, dt)]: '{"files":' })),
  ).rejects.toThrow('is no manifest of S3 Inventory');
});

test('a listing is one file, dated by when it was written', async () => {
  const listing = (text: Record<string, string>) =>
    findReport(inventory('', 'csv', 's3://dest/keys.csv'), objectsOf(text));

  expect(await listing({ 's3://dest/keys.csv': 'a\nb\n' })).toEqual({
    ...{ dt: undefined, inventoryDate: '2022-04-30', files: 1, bytes: 4 },
  });
  await expect(listing({})).rejects.toThrow(
    'no file: the listing s3://dest/keys.csv does not exist',
  );
  await expect(listing({ 's3://dest/keys.csv': '' })).rejects.toThrow('is empty');
});

test('a scan costs 5 dollars a terabyte, and as much as 10 MB at least', () => {
  expect([scanCostUsd(2e12), scanCostUsd(1)]).toEqual([10, 0.00005]);
});
