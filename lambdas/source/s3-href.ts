import { ReadError } from '../runtime/errors.js';

export interface S3Location {
  readonly bucket: string;
  /** As S3 knows it: not percent-encoded. */
  readonly key: string;
}

const S3_HREF = /^s3:\/\/([^/]+)\/(.+)$/s;

/** `s3://bucket/key`; the key stands as it is, since an s3:// href is no URL that anything would decode. */
export function s3Href({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}

/** Throws a permanent ReadError where `href` names no object. */
export function parseS3Href(href: string): S3Location {
  const [, bucket, key] = S3_HREF.exec(href) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new ReadError(`'${href}' names no S3 object: write it as s3://bucket/key`, {
      href,
      kind: 'permanent',
    });
  }
  return { bucket, key };
}
