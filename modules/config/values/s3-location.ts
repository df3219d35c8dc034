import { FieldError } from './error.js';

export interface S3Location {
  readonly bucket: string;
  /** The key or prefix without a leading slash; empty for the whole bucket. */
  readonly key: string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

/** Characters with a special meaning in the resource of an IAM policy, which the location becomes part of. */
const POLICY_CHARACTERS = /[*?]|\$\{/;

/** Parses `s3://bucket/key`. Throws FieldError. */
export function parseS3Location(value: string): S3Location {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(value) ?? [];
  if (!value.startsWith('s3://'))
    throw new FieldError('must be an S3 location: s3://bucket/prefix');
  if (!BUCKET.test(bucket))
    throw new FieldError(`must name a bucket: "${bucket}" is not a valid bucket name`);
  if (POLICY_CHARACTERS.test(key)) {
    throw new FieldError(
      'must not contain *, ? or ${: they have a special meaning in IAM policies',
    );
  }
  if (key.startsWith('/')) throw new FieldError('must have only one slash after the bucket');
  return { bucket, key };
}
