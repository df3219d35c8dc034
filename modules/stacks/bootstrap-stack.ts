import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { BaseStack } from '../constructs/base-stack.js';
import { PrivateBucket } from '../constructs/private-bucket.js';
import type { StateBucket } from '../config/state.js';

export interface BootstrapStackProps {
  readonly project: string;
  readonly bucket: StateBucket;
}

const OLD_STATES_DAYS = 90;

/** The bucket that keeps the state of every other stack; its own state stays in a file. */
export class BootstrapStack extends BaseStack {
  constructor(
    scope: Construct,
    { project, bucket: { bucket: name, region } }: BootstrapStackProps,
  ) {
    super(scope, 'bootstrap', {
      region,
      state: { kind: 'local' },
      stateKey: `${project}/bootstrap.tfstate`,
      tags: { Project: project, Pipeline: 'bootstrap', ManagedBy: 'terraform' },
    });
    const bucket = new PrivateBucket(this, 'state', {
      name,
      // Whoever destroys this stack has to empty the bucket first, and so to think twice.
      forceDestroy: false,
      expiry: {
        id: 'old-versions',
        status: 'Enabled',
        filter: [{}],
        noncurrentVersionExpiration: [{ noncurrentDays: OLD_STATES_DAYS }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
      },
    });
    new S3BucketVersioningA(this, 'versioning', {
      bucket: bucket.name,
      versioningConfiguration: { status: 'Enabled' },
    });
    // What S3 does by itself, written down: a state holds whatever a resource has.
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucket.name,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    });
    new TerraformOutput(this, 'state_bucket', { value: bucket.name });
  }
}
