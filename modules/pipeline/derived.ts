import { createHash } from 'node:crypto';
import { parseArn, partitionOf, secretPolicyArn } from '../config/values/arn.js';
import type { EvaluatedTime } from '../constructs/alarms.js';
import { inventorySource } from '../constructs/inventory-source.js';
import type { InventorySource } from '../constructs/inventory-source.js';
import type { PipelineConfig } from '../config/config.js';
import { pythonEnvironment } from './environment.js';
import type { Precondition } from '../constructs/granule-queue.js';
import type { PolicyStatement } from '../constructs/policy.js';
import { placeOf, readAccess, writeAccess } from '../constructs/s3-access.js';
import type { PythonPipelineSettings } from './settings.js';
import type { RegionalProvider } from '../constructs/base-stack.js';
import { terraformText } from '../constructs/tokens.js';

/** What the app of a pipeline in Python needs. */
export interface DerivedPython {
  /** Environment variables of the app. */
  readonly variables: Readonly<Record<string, string>>;
  readonly architecture: string;
  readonly scratchMb: number;
}

export interface DerivedOutputs {
  /** `s3://bucket/prefix` */
  readonly location: string;
  /** Allows the app to write there. */
  readonly access: PolicyStatement;
}

/**
 * Values that are derived from a config by more than copying. A stack calculates them at synth; a Terraform module has
 * expressions for them.
 */
export interface DerivedValues {
  readonly partition: string;
  /** Domain of the AWS console, for the address of the dashboard. */
  readonly consoleDomain: string;
  /** ARN pattern of the secret, for a policy. */
  readonly secretResource: string;
  /** Statements by which a function may read the granules. */
  readonly sourceAccess: readonly PolicyStatement[];
  /**
   * Hash of the settings that require a new post of the Collection; the code and ingestor_url are triggers of their
   * own.
   */
  readonly collectionHash: string;
  readonly topic?: DerivedTopic;
  readonly inventory?: InventorySource;
  /** Topic that alarms in the stack's region notify. */
  readonly alarmTopic?: string;
  /** The time without a posted Item that raises an alarm. @default there is no such alarm */
  readonly silence?: EvaluatedTime;
  /** Present for a pipeline in Python. */
  readonly python?: DerivedPython;
  /** Where the app writes files that belong to Items. @default it writes none */
  readonly outputs?: DerivedOutputs;
}

export interface DerivedTopic {
  readonly arn: string;
  /** JSON of an SNS filter policy. */
  readonly filterPolicy?: string;
  readonly filterPolicyScope?: string;
  /** Provider of the topic's region, if that is not the stack's. */
  readonly elsewhere?: RegionalProvider;
  /** What must hold before the subscription is made, in a Terraform module. */
  readonly precondition?: Precondition;
  /** Topic that alarms in this topic's region notify. */
  readonly alarmTopic?: string;
}

/**
 * Derives the values from a config.
 *
 * @param elsewhere the provider for a topic in another region than the stack's
 */
export function deriveFrom(config: PipelineConfig, elsewhere: RegionalProvider): DerivedValues {
  const { id, secret_arn, stac_api_url, region, python_function } = config;
  const partition = partitionOf(region);
  const alarmTopic = alarmTopicIn(region, config);
  return {
    partition,
    consoleDomain: consoleDomainOf(region),
    secretResource: secretPolicyArn(secret_arn),
    sourceAccess: readAccess(config.source.map(placeOf), { partition, what: 'Granules' }),
    collectionHash: hashOf({ id, secret_arn, stac_api_url }),
    ...deriveTopic(config, elsewhere),
    ...deriveInventory(config),
    ...deriveSilence(config),
    ...(alarmTopic !== undefined && { alarmTopic }),
    ...(python_function !== undefined && { python: pythonOf({ ...config, python_function }) }),
    ...(config.outputs !== undefined && { outputs: outputsAt(config.outputs, partition) }),
  };
}

function pythonOf(config: PythonPipelineSettings): DerivedPython {
  const { architecture, scratch_mb: scratchMb } = config;
  return { variables: pythonEnvironment(config), architecture, scratchMb };
}

function outputsAt(location: string, partition: string): DerivedOutputs {
  return { location, access: writeAccess(placeOf(`${location}/`), partition) };
}

function deriveTopic(
  config: PipelineConfig,
  elsewhere: RegionalProvider,
): Pick<DerivedValues, 'topic'> {
  const { sns, sns_filter_policy: policy, sns_filter_policy_scope: filterPolicyScope } = config;
  if (sns === undefined) return {};
  const { region } = parseArn(sns);
  const alarmTopic = alarmTopicIn(region, config);
  return {
    topic: {
      arn: sns,
      ...(policy && { filterPolicy: terraformText(JSON.stringify(policy)), filterPolicyScope }),
      ...(region !== config.region && { elsewhere }),
      ...(alarmTopic !== undefined && { alarmTopic }),
    },
  };
}

function deriveInventory({
  inventory_location: location,
  inventory_format: format,
  inventory_fields: fields,
}: PipelineConfig): Pick<DerivedValues, 'inventory'> {
  return location === undefined ? {} : { inventory: inventorySource({ location, format, fields }) };
}

const DAY_MINUTES = 1440;

/**
 * The periods of an alarm on silence. CloudWatch evaluates at most a day of periods below an hour, and seven days of
 * longer ones.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
function deriveSilence({
  max_silence_minutes: minutes,
}: Pick<PipelineConfig, 'max_silence_minutes'>): Pick<DerivedValues, 'silence'> {
  if (minutes === undefined) return {};
  const periodSeconds = minutes > DAY_MINUTES ? 3_600 : 300;
  return { silence: { periodSeconds, periods: Math.ceil((minutes * 60) / periodSeconds) } };
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

/** Domains of the AWS console by prefix of the region; all other regions share CONSOLE. */
export const CONSOLES: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
];

export const CONSOLE = 'console.aws.amazon.com';

export function consoleDomainOf(region: string): string {
  return CONSOLES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? CONSOLE;
}
