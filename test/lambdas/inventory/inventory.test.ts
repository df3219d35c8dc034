import { describe, expect, test } from '@jest/globals';
import { columnName, parseInventory } from '../../../lambdas/inventory/inventory.js';

const SOURCE = { format: 'csv', fields: 'Key' };

describe('location', () => {
  test.each([
    's3://dest/prefix/bucket/id',
    's3://dest/prefix/bucket/id/',
    's3://dest/prefix/bucket/id/hive',
    's3://dest/prefix/bucket/id/hive/',
    's3://dest/prefix/bucket/id//',
  ])('%s is the inventory', (location) => {
    expect(parseInventory({ location, ...SOURCE })).toEqual({
      location: 's3://dest/prefix/bucket/id',
      format: 'csv',
      columns: ['key'],
    });
  });

  test.each(['s3://d/b/id/hive/dt=2022-04-22-01-00', 's3://d/b/id/dt=2022-04-22-01-00/'])(
    '%s pins a report',
    (location) => {
      expect(parseInventory({ location, ...SOURCE })).toMatchObject({
        location: 's3://d/b/id',
        pinnedDt: '2022-04-22-01-00',
      });
    },
  );

  test.each([
    's3://d/hive/id',
    's3://d/dt=2022-04-22-01-00/id',
    's3://d/dt=2022-04-22-01-00-00',
    's3://d/keys.csv/id',
    's3://d/keys.txt.old',
  ])('%s is an inventory, whatever its name looks like', (location) => {
    expect(parseInventory({ location, ...SOURCE })).toStrictEqual({
      location,
      format: 'csv',
      columns: ['key'],
    });
  });

  test.each([
    ['s3://d/a.txt/keys.csv', 'listing-csv'],
    ['s3://d/keys.csv', 'listing-csv'],
    ['s3://d/keys.csv.gz', 'listing-csv'],
    ['s3://d/keys.txt', 'listing-text'],
    ['s3://d/keys.TXT.gz', 'listing-text'],
  ])('%s is a listing', (location, format) => {
    expect(parseInventory({ location, format: 'orc', fields: 'nothing' })).toEqual({
      location,
      format,
      columns: ['key'],
    });
  });
});

describe('fields', () => {
  test('[C10] names in the form of a manifest or of a table produce the same columns, in the given order', () => {
    const fields = 'Bucket, Key,VersionId,is_latest, ETag,LastModifiedDate,IsMultipartUploaded';

    expect(parseInventory({ ...SOURCE, location: 's3://d/p', fields }).columns).toEqual([
      ...['bucket', 'key', 'version_id', 'is_latest', 'e_tag', 'last_modified_date'],
      'is_multipart_uploaded',
    ]);
    expect(columnName('ObjectLockRetainUntilDate')).toBe('object_lock_retain_until_date');
  });

  test.each([
    ['Bucket,Size', 'inventory_fields must contain Key'],
    ['Bucket,Size', "(given 'Bucket, Size')"],
    ['Key,1st', "inventory_fields contains '1st'"],
    ['Key,a" OR 1=1', "inventory_fields contains 'a\" or 1=1'"],
  ])('%s is refused', (fields, message) => {
    expect(() => parseInventory({ ...SOURCE, location: 's3://d/p', fields })).toThrow(message);
  });
});

test('formats are accepted in upper or lower case, others are rejected', () => {
  const format = (name: string) =>
    parseInventory({ ...SOURCE, location: 's3://d/p', format: name });

  expect(['CSV', 'ORC', 'Parquet'].map((name) => format(name).format)).toEqual([
    'csv',
    'orc',
    'parquet',
  ]);
  expect(() => format('avro')).toThrow(
    "inventory_format must be csv, orc or parquet (given 'avro')",
  );
});
