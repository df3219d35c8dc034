import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { TerraformOutput } from 'cdktf';
import type { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { parseArn } from '../config/values/arn.js';
import { BaseStack } from '../constructs/base-stack.js';
import { pipelineNames } from '../config/names.js';
import type { PipelineConfig } from '../config/config.js';
import { deriveFrom } from '../pipeline/derived.js';
import type { PipelineCode } from '../pipeline/functions.js';
import { addPipeline } from '../pipeline/pipeline.js';
import { stateKeys, type StateSettings } from '../config/state.js';
import { STACK_TAGS } from '../config/values/tags.js';
import type { Tags } from '../config/values/tags.js';

export interface PipelineStackProps {
  readonly config: PipelineConfig;
  readonly project: string;
  readonly state: StateSettings;
  readonly code: PipelineCode;
  /** Region of the deployed subscription, if the config no longer says it. @default the stack's own */
  readonly earlierTopicRegion?: string | undefined;
}

/** Alias of the provider for the region of the topic. */
const TOPIC_ALIAS = 'topic';

/** Returns the region of the topic, if that is not the stack's. */
function topicRegionOf({ sns, region }: PipelineConfig): string | undefined {
  const topicRegion = sns === undefined ? region : parseArn(sns).region;
  return topicRegion === region ? undefined : topicRegion;
}

/** The stack of one pipeline, made from its config. See addPipeline for its constructs. */
export class PipelineStack extends BaseStack {
  constructor(scope: Construct, props: PipelineStackProps) {
    const { config, project, state, code, earlierTopicRegion } = props;
    const tags = { ...config.tags, Project: project, Pipeline: config.id, ManagedBy: 'terraform' };
    super(scope, config.id, {
      region: config.region,
      state,
      stateKey: stateKeys.pipeline(project, config.id),
      tags,
    });
    const { account } = parseArn(config.secret_arn);
    const names = pipelineNames({ project, pipeline: config.id, account });
    // Declared whether or not the topic is elsewhere: Terraform needs it to delete what it made for an earlier topic.
    const region = topicRegionOf(config) ?? earlierTopicRegion ?? config.region;
    const provider = this.addProvider('aws-topic', { region, alias: TOPIC_ALIAS });
    const derived = deriveFrom(config, { region, provider });
    const outputs = addPipeline(this, { config, derived, project, names, code });
    limitObjectTags(this, tags);
    for (const [id, value] of Object.entries(outputs)) new TerraformOutput(this, id, { value });
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MAX_OBJECT_TAGS = 10;

/** S3 rejects an object with more than ten tags, where other resources take fifty: keep only the stack's own tags. */
function limitObjectTags(stack: TerraformStack, tags: Tags): void {
  if (Object.keys(tags).length <= MAX_OBJECT_TAGS) return;
  const own = Object.fromEntries(STACK_TAGS.map((tag) => [tag, tags[tag] ?? '']));
  for (const object of stack.node.findAll()) {
    if (!(object instanceof S3Object)) continue;
    object.tags = own;
    // The provider accepts no other override than empty default tags.
    object.putOverrideProvider({ defaultTags: { tags: {} } });
  }
}
