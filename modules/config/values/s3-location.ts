import { FieldError } from './error.js';

export interface S3Location {
  readonly bucket: string;
  /** Without a leading slash; empty for the whole bucket. */
  readonly key: string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

/** These mean something else in the resource of an IAM policy, where the location will stand. */
const POLICY_CHARACTERS = /[*?]|\$\{/;

/** Throws FieldError. */
export function parseS3Location(value: string): S3Location {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(value) ?? [];
  if (!value.startsWith('s3://'))
    throw new FieldError('must be an S3 location: s3://bucket/prefix');
  if (!BUCKET.test(bucket))
    throw new FieldError(`must name a bucket, and "${bucket}" cannot be one`);
  if (POLICY_CHARACTERS.test(key)) {
    throw new FieldError(
      'must be free of *, ? and ${, which have a meaning of their own in a policy',
    );
  }
  if (key.startsWith('/')) throw new FieldError('must have one slash only behind the bucket');
  return { bucket, key };
}
