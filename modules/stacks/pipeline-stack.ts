import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { parseArn } from '../config/values/arn.js';
import { BaseStack } from '../constructs/base-stack.js';
import { pipelineNames } from '../config/names.js';
import { limitObjectTags } from './object-tags.js';
import type { PipelineConfig } from '../config/config.js';
import { factsOf } from '../pipeline/facts.js';
import type { PipelineCode } from '../pipeline/functions.js';
import { addPipeline } from '../pipeline/pipeline.js';
import type { StateSettings } from '../config/state.js';

export interface PipelineStackProps {
  readonly config: PipelineConfig;
  readonly project: string;
  readonly state: StateSettings;
  readonly code: PipelineCode;
}

/** One pipeline as a stack of its own, from its config. */
export class PipelineStack extends BaseStack {
  constructor(scope: Construct, { config, project, state, code }: PipelineStackProps) {
    const tags = { ...config.tags, Project: project, Pipeline: config.id, ManagedBy: 'terraform' };
    super(scope, config.id, {
      region: config.region,
      state,
      stateKey: `${project}/${config.id}.tfstate`,
      tags,
    });
    const { account } = parseArn(config.secret_arn);
    const names = pipelineNames({ project, pipeline: config.id, account });
    const facts = factsOf(config, (region) => ({
      region,
      provider: this.addProvider('aws-topic', { region, alias: 'topic' }),
    }));
    const outputs = addPipeline(this, { config, facts, project, names, code });
    limitObjectTags(this, tags);
    for (const [id, value] of Object.entries(outputs)) new TerraformOutput(this, id, { value });
  }
}
