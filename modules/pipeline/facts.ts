import { createHash } from 'node:crypto';
import { parseArn, partitionOf, secretPolicyArn } from '../config/values/arn.js';
import { consoleDomainOf } from './console-domain.js';
import { inventorySource } from '../constructs/inventory-source.js';
import type { InventorySource } from '../constructs/inventory-source.js';
import type { PipelineConfig } from '../config/config.js';
import type { Allowance } from '../constructs/policy.js';
import { placeOf, readAccess } from '../constructs/s3-access.js';
import type { RegionalProvider } from './monitoring.js';
import { terraformText } from '../constructs/tokens.js';

/**
 * What follows from a config and takes more than copying a value. A stack works it out when it is synthesized; a
 * module for plain Terraform has expressions for it.
 */
export interface PipelineFacts {
  readonly partition: string;
  /** Domain of the AWS console, for the dashboard's address. */
  readonly consoleDomain: string;
  /** The secret's ARN as a policy names it. */
  readonly secretResource: string;
  /** What reading the granules takes. */
  readonly sourceAccess: readonly Allowance[];
  /** Changes with what a Collection is made of, beside code and ingestor. */
  readonly collectionHash: string;
  readonly topic?: TopicFacts;
  readonly inventory?: InventorySource;
  /** The topic that alarms of the stack's own region notify. */
  readonly alarmTopic?: string;
}

export interface TopicFacts {
  readonly arn: string;
  /** JSON. */
  readonly filterPolicy?: string;
  readonly filterPolicyScope?: string;
  /** Where the topic is, when not in the stack's region. */
  readonly elsewhere?: RegionalProvider;
  /** The topic that alarms of the topic's region notify. */
  readonly alarmTopic?: string;
}

/** @param elsewhere the provider of another region */
export function factsOf(
  config: PipelineConfig,
  elsewhere: (region: string) => RegionalProvider,
): PipelineFacts {
  const { id, secret_arn, stac_api_url, region } = config;
  const partition = partitionOf(region);
  const alarmTopic = alarmTopicIn(region, config);
  return {
    partition,
    consoleDomain: consoleDomainOf(region),
    secretResource: secretPolicyArn(secret_arn),
    sourceAccess: readAccess(config.source.map(placeOf), { partition, what: 'Granules' }),
    collectionHash: hashOf({ id, secret_arn, stac_api_url }),
    ...topicFacts(config, elsewhere),
    ...inventoryFacts(config),
    ...(alarmTopic !== undefined && { alarmTopic }),
  };
}

function topicFacts(
  config: PipelineConfig,
  elsewhere: (region: string) => RegionalProvider,
): Pick<PipelineFacts, 'topic'> {
  const { sns, sns_filter_policy: policy, sns_filter_policy_scope: filterPolicyScope } = config;
  if (sns === undefined) return {};
  const { region } = parseArn(sns);
  const alarmTopic = alarmTopicIn(region, config);
  return {
    topic: {
      arn: sns,
      ...(policy && { filterPolicy: terraformText(JSON.stringify(policy)), filterPolicyScope }),
      ...(region !== config.region && { elsewhere: elsewhere(region) }),
      ...(alarmTopic !== undefined && { alarmTopic }),
    },
  };
}

function inventoryFacts({
  inventory_location: location,
  inventory_format: format,
  inventory_fields: fields,
}: PipelineConfig): Pick<PipelineFacts, 'inventory'> {
  return location === undefined ? {} : { inventory: inventorySource({ location, format, fields }) };
}

/** An alarm can only notify a topic of its own region. */
function alarmTopicIn(
  region: string,
  { alarm_topic_arn: arn }: Pick<PipelineConfig, 'alarm_topic_arn'>,
): string | undefined {
  return arn !== undefined && parseArn(arn).region === region ? arn : undefined;
}

function hashOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
