import { expect, test } from '@jest/globals';
import { parseS3Href, s3Href } from '../../../lambdas/source/s3-href.js';

test.each([
  ['s3://b/k', 'b', 'k'],
  ['s3://my.bucket-1/a/b c/ä+%20.xml', 'my.bucket-1', 'a/b c/ä+%20.xml'],
  ['s3://b//k/', 'b', '/k/'],
  ['s3://b/line\nbreak\n', 'b', 'line\nbreak\n'],
])('%j is bucket and key as they stand, and back', (href, bucket, key) => {
  expect(parseS3Href(href)).toEqual({ bucket, key });
  expect(s3Href({ bucket, key })).toBe(href);
});

test.each(['s3://b', 's3://b/', 's3:///k', 'https://b/k', ' s3://b/k', 'b/k', ''])(
  '%j names no object, for good',
  (href) => {
    expect(() => parseS3Href(href)).toThrow(
      expect.objectContaining({
        name: 'ReadError',
        kind: 'permanent',
        href,
        message: `'${href}' names no S3 object: write it as s3://bucket/key`,
      }),
    );
  },
);
