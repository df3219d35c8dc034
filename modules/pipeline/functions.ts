import type { Construct } from 'constructs';
import {
  codeVersionEnvironment,
  commonEnvironment,
  ingestorEnvironment,
  inventoryEnvironment,
  outputsEnvironment,
  queueEnvironment,
  sourceEnvironment,
} from './environment.js';
import type { DeadLetters } from '../constructs/dead-letters.js';
import type { GranuleQueue } from '../constructs/granule-queue.js';
import type { Inventory } from '../constructs/inventory.js';
import type { FunctionRole, PipelineNames } from '../config/names.js';
import type { DerivedValues } from './derived.js';
import { PipelineFunction } from '../constructs/pipeline-function.js';
import type { FunctionCode } from '../constructs/function-code.js';
import type { PipelineFunctionProps } from '../constructs/pipeline-function.js';
import type { BackfillSettings, FunctionSettings, PipelineSettings } from './settings.js';
import { add, max, min } from '../constructs/tokens.js';
import { cursorAccess } from '../constructs/state-table.js';
import type { StateTable } from '../constructs/state-table.js';
import { allowDecryption, allowPosting } from './access.js';

/** `historic` is required with an inventory, `verify` with verify_ingestion, `breaker` with circuit_breaker. */
export type PipelineCode = Readonly<Record<'app' | 'collection', FunctionCode>> &
  Readonly<Partial<Record<'historic' | 'verify' | 'breaker', FunctionCode>>>;

/** Everything from which the functions of a pipeline are made. */
export interface PipelineParts {
  readonly config: PipelineSettings;
  readonly derived: DerivedValues;
  readonly project: string;
  readonly names: PipelineNames;
  readonly code: PipelineCode;
  readonly table: StateTable;
  readonly queue: GranuleQueue;
}

/** Everything from which the historic function is made. */
export interface BackfillParts extends Pick<PipelineParts, 'project'> {
  readonly config: BackfillSettings;
  readonly names: { readonly functions: Pick<PipelineNames['functions'], 'historic'> };
  readonly table: Pick<StateTable, 'name' | 'arn'>;
  readonly queue: Pick<GranuleQueue, 'url' | 'acceptFrom'> & {
    readonly deadLetters: Pick<DeadLetters, 'url' | 'arn'>;
  };
}

/** Lambda's maximum. */
const MAX_TIMEOUT_SECONDS = 900;
/** The handler retries for up to a minute, because new IAM permissions take effect with a delay. */
const COLLECTION_EXTRA_SECONDS = 60;
/**
 * Lambda gives a function one whole vCPU at this size. A backfill and a verification are bound by the processor.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const WHOLE_VCPU_MB = 1769;
/** A run hands over to the next one near its timeout, so a longer timeout means fewer hand-overs. */
const HISTORIC_TIMEOUT_SECONDS = 300;
/** Adds the function that makes Items from messages and posts them. */
export function appFunction(scope: Construct, parts: PipelineParts): PipelineFunction {
  const { config, code, queue, derived } = parts;
  const app = pipelineFunction(scope, 'app', {
    ...parts,
    description: `Makes Items of ${config.id} and posts them`,
    code: code.app,
    timeoutSeconds: config.timeout_seconds,
    environment: {
      ...ingestorEnvironment(config),
      ...sourceEnvironment(config),
      ...queueEnvironment(config, queue),
      ...codeVersionEnvironment(config),
      ...derived.python?.variables,
      ...(derived.outputs && outputsEnvironment(derived.outputs)),
    },
    ...(derived.python && {
      architecture: derived.python.architecture,
      scratchMb: derived.python.scratchMb,
    }),
  });
  allowPosting(app, parts);
  for (const statement of derived.sourceAccess) app.allow(statement);
  if (derived.outputs) app.allow(derived.outputs.access);
  allowDecryption(app, config);
  return app;
}

/** Adds the function that posts the Collection. */
export function collectionFunction(scope: Construct, parts: PipelineParts): PipelineFunction {
  const { config, code } = parts;
  const collection = pipelineFunction(scope, 'collection', {
    ...parts,
    description: `Posts the Collection of ${config.id}`,
    code: code.collection,
    timeoutSeconds: min(add(config.timeout_seconds, COLLECTION_EXTRA_SECONDS), MAX_TIMEOUT_SECONDS),
    environment: ingestorEnvironment(config),
  });
  allowPosting(collection, parts);
  return collection;
}

/** Adds the function that sends old granules from the inventory to the queue. */
export function historicFunction(
  scope: Construct,
  parts: BackfillParts & { readonly inventory: Inventory; readonly historic: FunctionCode },
): PipelineFunction {
  const { config, historic: code, table, queue, inventory } = parts;
  const historic = pipelineFunction(scope, 'historic', {
    ...parts,
    description: `Puts old granules of ${config.id} on the queue`,
    code,
    memoryMb: max(config.memory_mb, WHOLE_VCPU_MB),
    timeoutSeconds: max(config.timeout_seconds, HISTORIC_TIMEOUT_SECONDS),
    environment: {
      QUEUE_URL: queue.url,
      DEAD_LETTERS_URL: queue.deadLetters.url,
      ...sourceEnvironment(config),
      ...inventoryEnvironment(config, inventory),
    },
  });
  inventory.allowQueries(historic);
  allowDecryption(historic, config);
  queue.acceptFrom(historic);
  historic.allow({
    sid: 'RefuseRows',
    actions: ['sqs:SendMessage'],
    resources: [queue.deadLetters.arn],
  });
  historic.allow(cursorAccess(table.arn));
  return historic;
}

/** Adds the function that sends Items that the ingestor failed to load back to the queue. */
export function verifyFunction(
  scope: Construct,
  parts: PipelineParts & { readonly verify: FunctionCode },
): PipelineFunction {
  const { config, verify: code, table, queue } = parts;
  const verify = pipelineFunction(scope, 'verify', {
    ...parts,
    description: `Puts Items of ${config.id} that failed to load back on the queue`,
    code,
    memoryMb: max(config.memory_mb, WHOLE_VCPU_MB),
    // As long as the time between two schedules, so that a busy pipeline is verified all the time.
    timeoutSeconds: MAX_TIMEOUT_SECONDS,
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

type PassedOn = 'description' | 'code' | 'timeoutSeconds' | 'architecture' | 'scratchMb';

export interface FunctionProps<Role extends FunctionRole>
  extends Pick<PipelineParts, 'project'>, Pick<PipelineFunctionProps, PassedOn | 'environment'> {
  readonly config: FunctionSettings;
  /** @default `memory_mb` of the config */
  readonly memoryMb?: number;
  readonly names: { readonly functions: Pick<PipelineNames['functions'], Role> };
  readonly table: Pick<StateTable, 'name'>;
}

/** Adds a function with what all functions of a pipeline have. */
export function pipelineFunction<Role extends FunctionRole>(
  scope: Construct,
  role: Role,
  props: FunctionProps<Role>,
): PipelineFunction {
  const { config, names, environment, ...rest } = props;
  const { description, code, timeoutSeconds, architecture, scratchMb } = rest;
  return new PipelineFunction(scope, role, {
    names: names.functions[role],
    memoryMb: rest.memoryMb ?? config.memory_mb,
    logRetentionDays: config.log_retention_days,
    permissionsBoundary: config.permissions_boundary_arn,
    environment: { ...commonEnvironment(config, rest), ...environment },
    description,
    code,
    timeoutSeconds,
    architecture,
    scratchMb,
  });
}
