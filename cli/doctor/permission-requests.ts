import type { PipelineConfig } from '../../modules/config/config.js';
import { imageRepository } from '../../modules/config/images.js';
import type { PipelineNames } from '../../modules/config/names.js';
import { stateKeys } from '../../modules/config/state.js';
import { parseArn, partitionOf } from '../../modules/config/values/arn.js';
import { ACTIONS, IMAGE_ACTIONS, STATE_ACTIONS } from '../../modules/deployer/actions.js';
import { SET_BOUNDARY } from '../../modules/deployer/function-actions.js';
import type { ResourceActions } from '../../modules/deployer/resource-actions.js';
import type { Target } from '../../modules/deployer/targets.js';
import { stackTypes } from './stack-types.js';

/** Actions on one resource under the same conditions. */
export interface PermissionRequest {
  /** With their service, without wildcards. */
  readonly actions: readonly string[];
  readonly resource: string;
  /** Condition keys with their values. */
  readonly context: Readonly<Record<string, string>>;
}

export interface Deployment {
  readonly config: PipelineConfig;
  readonly names: PipelineNames;
  readonly project: string;
  /** undefined if the state is in a local file. */
  readonly stateBucket: string | undefined;
}

/** Returns what a deployment of the pipeline asks of AWS, on the resources that it would create. */
export function permissionRequests(deployment: Deployment): PermissionRequest[] {
  const { config, stateBucket } = deployment;
  const needed = [
    ...stackTypes(config).flatMap((type) => ACTIONS[type] ?? []),
    ...(config.python_function === undefined ? [] : IMAGE_ACTIONS),
    ...(stateBucket === undefined ? [] : STATE_ACTIONS),
  ];
  const arns = arnsOf(deployment);
  const requests = new Map<
    string,
    { context: Record<string, string>; actions: Set<string>; resource: string }
  >();
  for (const entry of needed) {
    const context = contextOf(entry, deployment, arns);
    for (const target of entry.on) {
      const key = JSON.stringify([arns[target], context]);
      const request = requests.get(key) ?? { resource: arns[target], context, actions: new Set() };
      for (const action of actionsOf(entry, config)) request.actions.add(action);
      requests.set(key, request);
    }
  }
  return [...requests.values()].map(({ actions, ...rest }) => ({
    ...rest,
    actions: [...actions].sort(),
  }));
}

/** A simulation takes no wildcards: these stand for them. */
const FOR_WILDCARDS: Readonly<Record<string, readonly string[]>> = {
  'GetBucket*': ['GetBucketLocation', 'GetBucketPolicy', 'GetBucketTagging', 'GetBucketVersioning'],
};

function actionsOf({ service, actions }: ResourceActions, config: PipelineConfig): string[] {
  return actions
    .filter((action) => action !== SET_BOUNDARY || config.permissions_boundary_arn !== undefined)
    .flatMap((action) => FOR_WILDCARDS[action] ?? [action])
    .map((action) => `${service}:${action}`);
}

type Arns = Readonly<Record<Target, string>>;

function contextOf(
  { condition, knowsBoundary }: ResourceActions,
  { config: { region, permissions_boundary_arn: boundary } }: Deployment,
  arns: Arns,
): Record<string, string> {
  const [value = ''] = condition?.values ?? [];
  return {
    'aws:RequestedRegion': region,
    ...(condition && { [condition.key]: value in arns ? arns[value as Target] : value }),
    ...(knowsBoundary && boundary !== undefined && { 'iam:PermissionsBoundary': boundary }),
  };
}

/** One resource of the pipeline for each target of the deployer's policy. */
function arnsOf({ config, names, project, stateBucket = '' }: Deployment): Arns {
  const { region, sns = '*' } = config;
  const { account } = parseArn(config.secret_arn);
  const partition = partitionOf(region);
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const global = (service: string, resource: string) =>
    `arn:${partition}:${service}::${account}:${resource}`;
  const s3 = (place: string) => `arn:${partition}:s3:::${place}`;
  const { app } = names.functions;
  const functionArn = arn('lambda', `function:${app.function}`);
  return {
    alarms: arn('cloudwatch', `alarm:${names.alarm('age')}`),
    allAlarms: arn('cloudwatch', 'alarm:*'),
    allLogGroups: arn('logs', 'log-group:*'),
    buckets: s3(names.resultsBucket),
    bucketObjects: s3(`${names.resultsBucket}/x`),
    catalog: arn('glue', 'catalog'),
    dashboards: global('cloudwatch', `dashboard/${names.dashboard}`),
    databases: arn('glue', `database/${names.database}`),
    eventSourceMappings: arn('lambda', 'event-source-mapping:00000000-0000-0000-0000-000000000000'),
    everything: '*',
    functions: functionArn,
    functionsOfDatabases: arn('glue', `userDefinedFunction/${names.database}/x`),
    glueTables: arn('glue', `table/${names.database}/${names.inventoryTable}`),
    images: arn('ecr', `repository/${imageRepository(project)}`),
    logGroups: arn('logs', `log-group:${app.logGroup}`),
    queues: arn('sqs', names.queue),
    roles: global('iam', `role/${app.role}`),
    scheduleGroups: arn('scheduler', `schedule-group/${names.scheduleGroup}`),
    schedules: arn('scheduler', `schedule/${names.scheduleGroup}/${names.schedules.verify}`),
    stateBucket: s3(stateBucket),
    stateObjects: s3(`${stateBucket}/x`),
    states: s3(`${stateBucket}/${stateKeys.pipeline(project, config.id)}`),
    tables: arn('dynamodb', `table/${names.stateTable}`),
    topics: sns,
    workgroups: arn('athena', `workgroup/${names.workgroup}`),
  };
}
