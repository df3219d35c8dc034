import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';
import { Policy } from './policy.js';

export interface PrivateBucketProps {
  readonly name: string;
  /**
   * Whether destroying the stack deletes the objects in the bucket; otherwise a bucket with objects is not destroyed.
   */
  readonly forceDestroy: boolean;
  readonly expiry: S3BucketLifecycleConfigurationRule;
}

/**
 * A bucket that is not public, accepts only TLS, and expires old objects and uploads that were not finished. S3 encrypts
 * every object by default.
 *
 * Resources: `aws_s3_bucket`, `aws_s3_bucket_public_access_block`, `aws_s3_bucket_policy` and
 * `aws_s3_bucket_lifecycle_configuration`.
 */
export class PrivateBucket extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, forceDestroy, expiry }: PrivateBucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, SELF, { bucket: name, forceDestroy });
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    const publicAccess = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket: this.name,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const policy = new Policy(this, 'policy-document').requireTls('s3:*', [
      this.arn,
      `${this.arn}/*`,
    ]);
    // S3 rejects two concurrent changes of one bucket.
    new S3BucketPolicy(this, 'policy', {
      bucket: this.name,
      policy: policy.json,
      dependsOn: [publicAccess],
    });
    new S3BucketLifecycleConfiguration(this, 'expiry', {
      bucket: this.name,
      rule: [expiry, UNFINISHED_UPLOADS],
    });
  }
}

/** Applies to every key: S3 bills the parts of an upload that never became an object. */
const UNFINISHED_UPLOADS: S3BucketLifecycleConfigurationRule = {
  id: 'unfinished-uploads',
  status: 'Enabled',
  filter: [{}],
  abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
};
