import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { EcrRepositoryPolicy } from '@cdktf/provider-aws/lib/ecr-repository-policy';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { imageRepository, tagPrefix } from '../config/images.js';
import { stateKeys, type StateBucket } from '../config/state.js';
import type { Tags } from '../config/values/tags.js';
import { partitionOf } from '../config/values/arn.js';
import { BaseStack, SELF } from '../constructs/base-stack.js';
import { Policy } from '../constructs/policy.js';

/** A pipeline whose function is an image. */
export interface ImagePipeline {
  readonly id: string;
  readonly region: string;
}

export interface ImagesStackProps {
  readonly project: string;
  /** Tags besides the stack's own. @default none */
  readonly tags?: Tags | undefined;
  readonly bucket: StateBucket;
  readonly pipelines: readonly ImagePipeline[];
}

/**
 * The repositories of the images of Python pipelines: one in each region that has such a pipeline, because a function
 * takes no image from another region. Its state is outside the project's prefix in the bucket, where no deployer of the
 * project can change it.
 *
 * Resources for each region: `aws_ecr_repository`, `aws_ecr_repository_policy` and `aws_ecr_lifecycle_policy`.
 */
export class ImagesStack extends BaseStack {
  constructor(scope: Construct, { project, tags, bucket, pipelines }: ImagesStackProps) {
    super(scope, 'images', {
      region: bucket.region,
      state: { kind: 's3', ...bucket },
      stateKey: stateKeys.images(project),
      tags: { ...tags, Project: project, Pipeline: 'images', ManagedBy: 'terraform' },
    });
    const regions = [...new Set(pipelines.map(({ region }) => region))].sort();
    for (const region of regions) {
      const provider =
        region === bucket.region
          ? undefined
          : this.addProvider(`aws-${region}`, { region, alias: region });
      const ids = pipelines.filter((one) => one.region === region).map(({ id }) => id);
      const { url } = new ImageRepository(this, region, { project, region, ids, provider });
      new TerraformOutput(this, `repository_${region}`, { value: url });
    }
  }
}

interface ImageRepositoryProps {
  readonly project: string;
  readonly region: string;
  /** The pipelines with images in the repository. */
  readonly ids: readonly string[];
  /** @default the stack's own */
  readonly provider: AwsProvider | undefined;
}

/** The images of a pipeline that stay, the newest first. A function never outlives so many deployments unnoticed. */
const KEPT_IMAGES = 30;

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
export const MAX_LIFECYCLE_RULES = 50;

/** A repository with immutable tags, whose images are scanned when they are pushed. */
class ImageRepository extends Construct {
  readonly url: string;

  constructor(
    scope: Construct,
    id: string,
    { project, region, ids, provider }: ImageRepositoryProps,
  ) {
    super(scope, id);
    const regional = provider && { provider };
    const repository = new EcrRepository(this, SELF, {
      name: imageRepository(project),
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      ...regional,
    });
    this.url = repository.repositoryUrl;
    const partition = partitionOf(region);
    const policy = new Policy(this, 'policy-document').allowService('lambda.amazonaws.com', {
      sid: 'RunInFunctions',
      actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      conditions: [
        {
          test: 'StringLike',
          variable: 'aws:sourceArn',
          values: [
            `arn:${partition}:lambda:${region}:${repository.registryId}:function:${project}-*`,
          ],
        },
      ],
    });
    // Without a policy Lambda would write its own, which Terraform does not know.
    new EcrRepositoryPolicy(this, 'policy', {
      repository: repository.name,
      policy: policy.json,
      ...regional,
    });
    new EcrLifecyclePolicy(this, 'lifecycle', {
      repository: repository.name,
      policy: JSON.stringify({ rules: lifecycleRules(ids) }),
      ...regional,
    });
  }
}

/** By count and never by age: Lambda fetches the image of a function again, however old it is. */
function lifecycleRules(ids: readonly string[]): readonly object[] {
  return ids
    .toSorted()
    .slice(0, MAX_LIFECYCLE_RULES)
    .map((id, index) => ({
      rulePriority: index + 1,
      description: `Keep the newest ${KEPT_IMAGES} images of ${id}`,
      selection: {
        tagStatus: 'tagged',
        tagPrefixList: [tagPrefix(id)],
        countType: 'imageCountMoreThan',
        countNumber: KEPT_IMAGES,
      },
      action: { type: 'expire' },
    }));
}
