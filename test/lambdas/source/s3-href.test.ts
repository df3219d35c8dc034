import { expect, test } from '@jest/globals';
import { parseS3Href, s3Href } from '../../../lambdas/source/s3-href.js';

test.each([
  ['s3://b/k', 'b', 'k'],
  ['s3://my.bucket-1/a/b c/ä+%20.xml', 'my.bucket-1', 'a/b c/ä+%20.xml'],
  ['s3://b//k/', 'b', '/k/'],
  ['s3://b/line\nbreak\n', 'b', 'line\nbreak\n'],
])('%j is split into bucket and key without decoding, and joined again', (href, bucket, key) => {
  expect(parseS3Href(href)).toEqual({ bucket, key });
  expect(s3Href({ bucket, key })).toBe(href);
});

test.each(['s3://b', 's3://b/', 's3:///k', 'https://b/k', ' s3://b/k', 'b/k', ''])(
  '%j is a permanent error',
  (href) => {
    expect(() => parseS3Href(href)).toThrow(
      expect.objectContaining({
        name: 'ReadError',
        kind: 'permanent',
        href,
        message: `'${href}' is not the href of an S3 object: use s3://bucket/key`,
      }),
    );
  },
);
