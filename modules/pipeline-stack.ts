import { createHash } from 'node:crypto';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { parseArn } from './arn.js';
import { BaseStack } from './base-stack.js';
import { GranuleQueue } from './granule-queue.js';
import { pipelineNames } from './names.js';
import type { PipelineConfig } from './pipeline-config.js';
import type { PipelineFunction } from './pipeline-function.js';
import { appFunction, collectionFunction } from './pipeline-functions.js';
import type { PipelineCode, PipelineParts } from './pipeline-functions.js';
import { RunOnDeploy } from './run-on-deploy.js';
import { addScheduled } from './scheduled.js';
import type { StateSettings } from './state-settings.js';
import { StateTable } from './state-table.js';
import { terraformText } from './terraform-text.js';
import { Watch } from './watch.js';
import type { WatchedDeadLetters } from './watch.js';

export interface PipelineStackProps {
  readonly config: PipelineConfig;
  readonly project: string;
  readonly state: StateSettings;
  readonly code: PipelineCode;
}

/** One pipeline: table, queue and functions, what feeds them, and what watches them. */
export class PipelineStack extends BaseStack {
  constructor(scope: Construct, { config, project, state, code }: PipelineStackProps) {
    super(scope, config.id, {
      region: config.region,
      state,
      stateKey: `${project}/${config.id}.tfstate`,
      tags: { ...config.tags, Project: project, Pipeline: config.id, ManagedBy: 'terraform' },
    });
    const { account } = parseArn(config.secret_arn);
    const names = pipelineNames({ project, pipeline: config.id, account });
    const table = new StateTable(this, 'table', { name: names.stateTable });
    const queue = new GranuleQueue(this, 'queue', {
      name: names.queue,
      deadLettersName: names.deadLetters,
      functionTimeoutSeconds: config.timeout_seconds,
      batchWindowSeconds: config.batch_window_seconds,
    });
    const parts = { config, project, names, code, table, queue };
    const app = appFunction(this, parts);
    const collection = collectionFunction(this, parts);
    const posted = this.postOnDeploy(collection, parts);
    queue.feed(app, {
      batchSize: config.batch_size,
      batchWindowSeconds: config.batch_window_seconds,
      maxConcurrency: config.max_concurrency,
      after: [posted.done],
    });
    const live = this.subscribe(parts);
    const timed = addScheduled(this, { ...parts, after: [posted.done] });
    const functions = [app, collection, ...timed.functions];
    const deadLetters = [granuleLetters(queue), ...live, ...timed.deadLetters];
    const watch = new Watch(this, 'watch', { config, names, queue, deadLetters, functions });
    this.addOutputs({ queue, functions, dashboardUrl: watch.dashboardUrl });
  }

  /** The triggers are what a Collection is made of: more memory is no reason to post it again. */
  private postOnDeploy(collection: PipelineFunction, { config, code }: PipelineParts): RunOnDeploy {
    const { id, ingestor_url, secret_arn, stac_api_url } = config;
    return new RunOnDeploy(this, 'collection-on-deploy', {
      function: collection,
      triggers: {
        code: code.collection.hashBase64,
        config: hashOf({ id, secret_arn, stac_api_url }),
        ingestor_url: terraformText(ingestor_url),
      },
      event: {},
      after: [],
    });
  }

  private subscribe({ config, names, queue }: PipelineParts): WatchedDeadLetters[] {
    const { sns, sns_filter_policy: policy, sns_filter_policy_scope: filterPolicyScope } = config;
    if (sns === undefined) return [];
    const elsewhere = this.elsewhere(parseArn(sns).region, config.region);
    const { deadLetters } = queue.subscribeTo(sns, {
      deadLettersName: names.subscriptionDeadLetters,
      ...(elsewhere && { provider: elsewhere.provider }),
      ...(policy && { filterPolicy: terraformText(JSON.stringify(policy)), filterPolicyScope }),
    });
    const description = 'SNS could not deliver notifications to the queue';
    return [
      {
        subject: 'subscription-dead-letters',
        description,
        queue: deadLetters,
        ...(elsewhere && { elsewhere }),
      },
    ];
  }

  private elsewhere(
    region: string,
    ownRegion: string,
  ): { region: string; provider: AwsProvider } | undefined {
    if (region === ownRegion) return undefined;
    return { region, provider: this.addProvider('aws-topic', { region, alias: 'topic' }) };
  }

  private addOutputs({ queue, functions, dashboardUrl }: Made): void {
    const outputs = {
      queue_url: queue.url,
      dead_letters_url: queue.deadLetters.url,
      ...Object.fromEntries(functions.map(({ node, name }) => [`${node.id}_function`, name])),
      dashboard_url: dashboardUrl,
    };
    for (const [id, value] of Object.entries(outputs)) new TerraformOutput(this, id, { value });
  }
}

interface Made {
  readonly queue: GranuleQueue;
  readonly functions: readonly PipelineFunction[];
  readonly dashboardUrl: string;
}

function granuleLetters({ deadLetters: queue }: GranuleQueue): WatchedDeadLetters {
  return { subject: 'dead-letters', queue, description: 'Granules that could not become Items' };
}

function hashOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
