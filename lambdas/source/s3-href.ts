import { ReadError } from '../runtime/errors.js';

export interface S3ObjectName {
  readonly bucket: string;
  /** The key as S3 stores it, not percent-encoded. */
  readonly key: string;
}

const S3_HREF = /^s3:\/\/([^/]+)\/(.+)$/s;

/** Returns `s3://bucket/key`. The key is not percent-encoded, because readers of s3:// hrefs do not decode it. */
export function s3Href({ bucket, key }: S3ObjectName): string {
  return `s3://${bucket}/${key}`;
}

/** Parses `s3://bucket/key`. Throws a permanent ReadError if `href` has another form. */
export function parseS3Href(href: string): S3ObjectName {
  const [, bucket, key] = S3_HREF.exec(href) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new ReadError(`'${href}' is not the href of an S3 object: use s3://bucket/key`, {
      href,
      kind: 'permanent',
    });
  }
  return { bucket, key };
}
