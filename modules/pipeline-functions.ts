import type { Construct } from 'constructs';
import { partitionOf, secretPolicyArn } from './arn.js';
import {
  commonEnvironment,
  ingestorEnvironment,
  inventoryEnvironment,
  queueEnvironment,
  sourceEnvironment,
} from './environment.js';
import type { GranuleQueue } from './granule-queue.js';
import type { Inventory } from './inventory.js';
import type { FunctionRole, PipelineNames } from './names.js';
import type { PipelineConfig } from './pipeline-config.js';
import { PipelineFunction } from './pipeline-function.js';
import type { FunctionCode, PipelineFunctionProps } from './pipeline-function.js';
import { placeOf, readAccess } from './s3-access.js';
import type { StateTable } from './state-table.js';

export type PipelineCode = Readonly<Record<'app' | 'collection', FunctionCode>> & {
  /** Where there is an inventory. */
  readonly historic?: FunctionCode;
  /** With verify_ingestion. */
  readonly verify?: FunctionCode;
};

/** What the functions of a pipeline are made from, and work with. */
export interface PipelineParts {
  readonly config: PipelineConfig;
  readonly project: string;
  readonly names: PipelineNames;
  readonly code: PipelineCode;
  readonly table: StateTable;
  readonly queue: GranuleQueue;
}

/** Lambda's own limit. */
const MAX_TIMEOUT_SECONDS = 900;
/** The handler waits up to a minute for permissions that IAM has not spread yet. */
const COLLECTION_EXTRA_SECONDS = 60;
/** A run hands over to the next one near its end: a longer one does so less often. */
const HISTORIC_TIMEOUT_SECONDS = 300;
/** A request for each Item that is not known to be loaded, many at a time. */
const VERIFY_TIMEOUT_SECONDS = 300;

export function appFunction(scope: Construct, parts: PipelineParts): PipelineFunction {
  const { config, code, queue } = parts;
  const app = pipelineFunction(scope, 'app', {
    ...parts,
    description: `Makes Items of ${config.id} and posts them`,
    code: code.app,
    timeoutSeconds: config.timeout_seconds,
    environment: {
      ...ingestorEnvironment(config),
      ...sourceEnvironment(config),
      ...queueEnvironment(config, queue),
    },
  });
  allowPosting(app, parts);
  const access = { partition: partitionOf(config.region), what: 'Granules' };
  for (const allowance of readAccess(config.source.map(placeOf), access)) app.allow(allowance);
  return app;
}

export function collectionFunction(scope: Construct, parts: PipelineParts): PipelineFunction {
  const { config, code } = parts;
  const collection = pipelineFunction(scope, 'collection', {
    ...parts,
    description: `Posts the Collection of ${config.id}`,
    code: code.collection,
    timeoutSeconds: Math.min(
      config.timeout_seconds + COLLECTION_EXTRA_SECONDS,
      MAX_TIMEOUT_SECONDS,
    ),
    environment: ingestorEnvironment(config),
  });
  allowPosting(collection, parts);
  return collection;
}

export function historicFunction(
  scope: Construct,
  parts: PipelineParts & { readonly inventory: Inventory; readonly historic: FunctionCode },
): PipelineFunction {
  const { config, historic: code, table, queue, inventory } = parts;
  const historic = pipelineFunction(scope, 'historic', {
    ...parts,
    description: `Puts old granules of ${config.id} on the queue`,
    code,
    timeoutSeconds: Math.max(config.timeout_seconds, HISTORIC_TIMEOUT_SECONDS),
    environment: {
      QUEUE_URL: queue.url,
      ...sourceEnvironment(config),
      ...inventoryEnvironment(config, inventory),
    },
  });
  inventory.allowQueries(historic);
  queue.acceptFrom(historic);
  historic.allow({
    sid: 'KeepCursor',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    resources: [table.arn],
  });
  return historic;
}

export function verifyFunction(
  scope: Construct,
  parts: PipelineParts & { readonly verify: FunctionCode },
): PipelineFunction {
  const { config, verify: code, table, queue } = parts;
  const verify = pipelineFunction(scope, 'verify', {
    ...parts,
    description: `Puts Items of ${config.id} that failed to load back on the queue`,
    code,
    timeoutSeconds: Math.max(config.timeout_seconds, VERIFY_TIMEOUT_SECONDS),
    environment: {
      ...ingestorEnvironment(config),
      QUEUE_URL: queue.url,
      DEAD_LETTERS_URL: queue.deadLetters.url,
      VERIFY_TRIES: String(config.verify_tries),
    },
  });
  allowPosting(verify, parts);
  verify.allow({
    sid: 'ReadIngestions',
    actions: ['dynamodb:Query', 'dynamodb:DeleteItem'],
    resources: [table.arn],
  });
  verify.allow({
    sid: 'SendAgain',
    actions: ['sqs:SendMessage'],
    resources: [queue.arn, queue.deadLetters.arn],
  });
  return verify;
}

type FunctionProps = Omit<PipelineParts, 'code'> &
  Pick<PipelineFunctionProps, 'description' | 'code' | 'timeoutSeconds' | 'environment'>;

function pipelineFunction(
  scope: Construct,
  role: FunctionRole,
  props: FunctionProps,
): PipelineFunction {
  const { config, names, environment, ...rest } = props;
  const { description, code, timeoutSeconds } = rest;
  return new PipelineFunction(scope, role, {
    names: names.functions[role],
    memoryMb: config.memory_mb,
    logRetentionDays: config.log_retention_days,
    environment: { ...commonEnvironment(config, rest), ...environment },
    ...{ description, code, timeoutSeconds },
  });
}

/** Client credentials from the secret, and the token that the functions share through the table. */
function allowPosting(fn: PipelineFunction, { config, table }: PipelineParts): void {
  const { secret_arn, secret_kms_key_arn: key } = config;
  fn.allow({
    sid: 'ReadSecret',
    actions: ['secretsmanager:GetSecretValue'],
    resources: [secretPolicyArn(secret_arn)],
  });
  if (key !== undefined)
    fn.allow({ sid: 'DecryptSecret', actions: ['kms:Decrypt'], resources: [key] });
  fn.allow({
    sid: 'ShareToken',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    resources: [table.arn],
  });
}
