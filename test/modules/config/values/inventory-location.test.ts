import { describe, expect, test } from '@jest/globals';
import { parseInventoryLocation } from '../../../../modules/config/values/inventory-location.js';

describe('an inventory', () => {
  const inventory = {
    kind: 'inventory',
    bucket: 'reports',
    prefix: 'daily/waves/everything',
    sourceBucket: 'waves',
    configId: 'everything',
  };

  test.each([
    's3://reports/daily/waves/everything',
    's3://reports/daily/waves/everything/',
    's3://reports/daily/waves/everything/hive',
    's3://reports/daily/waves/everything/hive/',
  ])('%s is read from hive/', (value) => {
    expect(parseInventoryLocation(value)).toEqual(inventory);
  });

  test('needs no destination prefix', () => {
    expect(parseInventoryLocation('s3://reports/waves/everything')).toEqual({
      ...inventory,
      prefix: 'waves/everything',
    });
  });

  test.each(['/hive/dt=2022-04-20-01-00', '/dt=2022-04-20-01-00/'])(
    '%s selects a report',
    (end) => {
      expect(parseInventoryLocation(`s3://reports/daily/waves/everything${end}`)).toEqual({
        ...inventory,
        dt: '2022-04-20-01-00',
      });
    },
  );

  test.each([
    '2022-04-20',
    '2022-02-30-01-00',
    '2022-04-20-24-00',
    '2022-04-20-01-60',
    'latest',
    '',
  ])('dt=%s is refused', (dt) => {
    expect(() => parseInventoryLocation(`s3://reports/waves/everything/dt=${dt}`)).toThrow(
      `must name a report as dt=YYYY-MM-DD-HH-MM: "dt=${dt}" is not a valid time`,
    );
  });

  test.each(['s3://reports', 's3://reports/', 's3://reports/waves', 's3://reports/waves/hive'])(
    '%s is too short',
    (value) => {
      expect(() => parseInventoryLocation(value)).toThrow(/must be an inventory, .* or a listing/);
    },
  );

  test.each([
    's3://reports/waves/everything/hive/dt=2022-04-20-01-00/symlink.txt',
    's3://reports/waves/everything/2022-04-20T01-00Z/manifest.json',
    's3://reports/waves/everything/data/9d2f0c1e-0a1b-4c3d-8e9f-00aa11bb22cc.csv.gz',
    's3://reports/waves/everything/data',
    's3://reports/waves/everything/2022-04-20T01-00Z/',
  ])('%s is a part of one', (value) => {
    expect(() => parseInventoryLocation(value)).toThrow(
      'must be the folder of the inventory, s3://destination/prefix/bucket/config-id, not a part of it',
    );
  });

  test.each([
    's3://lists/all/waves.parquet',
    's3://lists/all/waves.tsv',
    's3://lists/all/waves.CSV',
    's3://lists/all/waves.csv/',
    's3://lists/all/waves.csv.zip',
  ])('%s is neither an inventory nor a listing', (value) => {
    expect(() => parseInventoryLocation(value)).toThrow(
      /^must be an inventory, .* or a listing that ends in \.csv, \.csv\.gz, \.txt or \.txt\.gz$/,
    );
  });

  test('names the inventoried bucket before config-id', () => {
    expect(() => parseInventoryLocation('s3://reports/a/everything')).toThrow(
      'must name the inventoried bucket before config-id: "a" is not a valid bucket name',
    );
    expect(parseInventoryLocation('s3://reports/Old_Waves/everything')).toMatchObject({
      sourceBucket: 'Old_Waves',
    });
  });

  test('does not contain two slashes in a row', () => {
    expect(() => parseInventoryLocation('s3://reports/daily//waves/everything')).toThrow(
      'must not contain two slashes in a row',
    );
  });

  test('[C29] a quote in its prefix is kept, since S3 allows it; SQL escapes it later', () => {
    expect(parseInventoryLocation("s3://reports/O'Brien/waves/x' OR 1=1 --")).toMatchObject({
      prefix: "O'Brien/waves/x' OR 1=1 --",
    });
  });
});

describe('a listing', () => {
  test.each([
    ['lists/keys.csv', 'csv', 'none'],
    ['keys.csv.gz', 'csv', 'gzip'],
    ['tileList.txt', 'text', 'none'],
    ['a/b/keys.txt.gz', 'text', 'gzip'],
    ['a/b/data/keys.csv', 'csv', 'none'],
  ])('%s is %s, compression %s', (key, format, compression) => {
    expect(parseInventoryLocation(`s3://elevation/${key}`)).toEqual({
      kind: 'listing',
      bucket: 'elevation',
      key,
      format,
      compression,
    });
  });

  test('of another format is refused', () => {
    expect(() => parseInventoryLocation('s3://elevation/keys.json')).toThrow(
      /or a listing that ends in \.csv, \.csv\.gz, \.txt or \.txt\.gz/,
    );
  });
});
