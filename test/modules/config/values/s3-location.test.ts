import { describe, expect, test } from '@jest/globals';
import { parseS3Location } from '../../../../modules/config/values/s3-location.js';

describe('parseS3Location', () => {
  test.each([
    ['s3://waves', 'waves', ''],
    ['s3://waves/', 'waves', ''],
    ['s3://waves.2022-raw/GRD/a b+c/', 'waves.2022-raw', 'GRD/a b+c/'],
  ])('splits %s into bucket and key', (value, bucket, key) => {
    expect(parseS3Location(value)).toEqual({ bucket, key });
  });

  test.each([
    'waves/raw',
    'S3://waves/raw',
    'https://waves.s3.amazonaws.com',
    'arn:aws:s3:::waves',
  ])('%s is refused', (value) => {
    expect(() => parseS3Location(value)).toThrow('must be an S3 location: s3://bucket/prefix');
  });

  test.each([
    '',
    'ab',
    'Waves',
    'wa_ves',
    '-waves',
    'waves-',
    'wa..ves',
    '10.0.0.1',
    'a'.repeat(64),
    'wa ves',
  ])('"%s" is not a valid bucket name', (bucket) => {
    expect(() => parseS3Location(`s3://${bucket}/raw`)).toThrow(
      `must name a bucket: "${bucket}" is not a valid bucket name`,
    );
  });

  test.each(['raw/*', 'raw/?.tif', '${aws:username}/'])(
    '%s has a special meaning in IAM policies',
    (key) => {
      expect(() => parseS3Location(`s3://waves/${key}`)).toThrow(
        'they have a special meaning in IAM policies',
      );
    },
  );

  test('two slashes after the bucket are refused', () => {
    expect(() => parseS3Location('s3://waves//raw')).toThrow(
      'must have only one slash after the bucket',
    );
  });
});
