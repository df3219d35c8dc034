import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { BaseStack } from '../constructs/base-stack.js';
import { projectDashboard } from '../config/names.js';
import { METRICS_NAMESPACE } from '../config/names.js';
import { ProjectDashboard } from '../constructs/project-dashboard.js';
import { PrivateBucket } from '../constructs/private-bucket.js';
import { stateKeys, type StateBucket } from '../config/state.js';
import type { Tags } from '../config/values/tags.js';

export interface BootstrapStackProps {
  readonly project: string;
  /** Tags besides the stack's own. @default none */
  readonly tags?: Tags | undefined;
  readonly bucket: StateBucket;
  /** Regions of the pipelines that the project's dashboard shows, besides that of the bucket. @default no dashboard */
  readonly dashboard?: { readonly regions: readonly string[] } | undefined;
}

const OLD_STATES_DAYS = 90;

/**
 * The bucket for the state of all other stacks, and a dashboard over all pipelines. The state of this stack stays in a
 * local file.
 *
 * Resources: a private bucket (see PrivateBucket), `aws_s3_bucket_versioning`,
 * `aws_s3_bucket_server_side_encryption_configuration` and `aws_cloudwatch_dashboard`.
 */
export class BootstrapStack extends BaseStack {
  constructor(
    scope: Construct,
    { project, tags, bucket: { bucket: name, region }, dashboard }: BootstrapStackProps,
  ) {
    super(scope, 'bootstrap', {
      region,
      state: { kind: 'local' },
      stateKey: stateKeys.bootstrap(project),
      tags: { ...tags, Project: project, Pipeline: 'bootstrap', ManagedBy: 'terraform' },
    });
    const bucket = new PrivateBucket(this, 'state', {
      name,
      // The states of deployed stacks must not be lost by mistake: to destroy the bucket, empty it first.
      forceDestroy: false,
      expiry: {
        id: 'old-versions',
        status: 'Enabled',
        filter: [{}],
        noncurrentVersionExpiration: [{ noncurrentDays: OLD_STATES_DAYS }],
      },
    });
    new S3BucketVersioningA(this, 'versioning', {
      bucket: bucket.name,
      versioningConfiguration: { status: 'Enabled' },
    });
    // S3 encrypts by default. It is explicit here because a state may hold sensitive values of resources.
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucket.name,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    });
    new TerraformOutput(this, 'state_bucket', { value: bucket.name });
    if (dashboard === undefined) return;
    new ProjectDashboard(this, 'dashboard', {
      name: projectDashboard(project),
      project,
      regions: [...new Set([region, ...dashboard.regions])],
      namespace: METRICS_NAMESPACE,
    });
  }
}
