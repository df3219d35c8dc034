import { type ArgumentChange, argumentChanges } from './diff.js';
import { iamChanges } from './iam.js';
import { expressionsOf, type Plan, type ResourceChange } from './json.js';
import { isWithin, RUNS_ON_DEPLOY } from '../../modules/config/construct-ids.js';
import { counted } from '../shared/table.js';

export type PlanAction = 'create' | 'change' | 'replace' | 'destroy' | 'forget' | 'move';

/** A resource that an apply would change. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  /** The physical name, if it is known. */
  readonly name: string | undefined;
  readonly action: PlanAction;
  /** The data that the change deletes; undefined if none. */
  readonly loses: string | undefined;
  /** Names of the arguments that force a replacement. */
  readonly because: readonly string[];
  readonly arguments: readonly ArgumentChange[];
}

/** The plan of one pipeline, summarized for a reviewer. */
export interface PlanSummary {
  readonly counts: Readonly<Record<PlanAction, number>>;
  /** Changes that delete data come first, then destroy, replace, forget, change, create and move. */
  readonly changes: readonly PlannedChange[];
  /** Functions whose code is the only change. */
  readonly code: readonly string[];
  /** Names of the changed triggers; undefined if the apply does not post the Collection. */
  readonly collection: readonly string[] | undefined;
  /** Names of the changed triggers; undefined if the apply does not start the backfill. */
  readonly backfill: readonly string[] | undefined;
  readonly subscriptions: readonly string[];
  readonly schedules: readonly string[];
  readonly iam: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Addresses of resources whose policy is recomputed during the apply, with the same statements. */
  readonly samePolicies: readonly string[];
  readonly outputs: readonly string[];
}

/** The data that is deleted with a resource, by type. */
const HOLDS: Readonly<Record<string, string>> = {
  aws_sqs_queue: 'its messages',
  aws_dynamodb_table: 'its items (for a pipeline: tokens and backfill progress)',
  aws_s3_bucket: 'its objects',
  aws_cloudwatch_log_group: 'its logs',
  aws_db_instance: 'its databases',
  aws_kinesis_stream: 'its records',
  aws_ecr_repository: 'its images',
  aws_secretsmanager_secret: 'its secret',
  aws_kms_key: 'access to all data encrypted with it',
};

/** Summarizes a plan. */
export function summarizePlan(plan: Plan): PlanSummary {
  const resources = plan.resource_changes.filter(({ mode }) => mode === 'managed');
  const changes = resources.flatMap((resource) => tryPlannedChange(resource, plan) ?? []);
  const { same, ...iam } = iamChanges(plan);
  return {
    counts: countsOf(changes),
    changes: [...changes].sort((a, b) => weight(a) - weight(b)),
    code: changes.filter(isCodeOnly).map(({ address }) => lastPart(address)),
    collection: triggersOf(RUNS_ON_DEPLOY.collection, changes),
    backfill: triggersOf(RUNS_ON_DEPLOY.backfill, changes),
    subscriptions: changesOfType('aws_sns_topic_subscription', changes),
    schedules: changesOfType('aws_scheduler_schedule', changes),
    iam,
    samePolicies: same,
    outputs: Object.entries(plan.output_changes)
      .filter(([, { actions }]) => actions[0] !== 'no-op')
      .map(([name]) => name),
  };
}

/** Whether an apply would change anything. */
export function hasChanges({ changes, outputs }: PlanSummary): boolean {
  return changes.length > 0 || outputs.length > 0;
}

function tryPlannedChange(resource: ResourceChange, plan: Plan): PlannedChange | undefined {
  const action = actionOf(resource);
  if (action === undefined) return undefined;
  const { address, type, change } = resource;
  const fields = change.before ?? change.after ?? {};
  const name = ['name', 'bucket', 'function_name'].map((key) => fields[key]);
  const isLost = action === 'destroy' || action === 'replace';
  return {
    address,
    type,
    action,
    name: name.find((value) => typeof value === 'string'),
    loses: isLost ? HOLDS[type] : undefined,
    because: change.replace_paths.map((path) => path.join('.')),
    arguments:
      action === 'change' || action === 'replace'
        ? argumentChanges(resource, Object.keys(expressionsOf(plan, address)))
        : [],
  };
}

function actionOf({
  change: { actions },
  previous_address,
}: ResourceChange): PlanAction | undefined {
  if (actions.includes('delete')) return actions.includes('create') ? 'replace' : 'destroy';
  if (actions.includes('forget')) return 'forget';
  if (actions.includes('create')) return 'create';
  if (actions.includes('update')) return 'change';
  return previous_address === undefined ? undefined : 'move';
}

const ORDER: readonly PlanAction[] = ['destroy', 'replace', 'forget', 'change', 'create', 'move'];

function weight({ action, loses }: PlannedChange): number {
  return ORDER.indexOf(action) + (loses === undefined ? ORDER.length : 0);
}

function countsOf(changes: readonly PlannedChange[]): PlanSummary['counts'] {
  const count = (action: PlanAction) => changes.filter((change) => change.action === action).length;
  return {
    create: count('create'),
    change: count('change'),
    replace: count('replace'),
    destroy: count('destroy'),
    forget: count('forget'),
    move: count('move'),
  };
}

const CODE = ['filename', 'source_code_hash', 's3_key', 's3_object_version'];

export function isCodeOnly({ type, action, arguments: changed }: PlannedChange): boolean {
  return (
    type === 'aws_lambda_function' &&
    action === 'change' &&
    changed.length > 0 &&
    changed.every(({ path }) => CODE.includes(path))
  );
}

/** The changed triggers of a run on deploy. They belong to the resource that replaces its invocation. */
function triggersOf(construct: string, changes: readonly PlannedChange[]): string[] | undefined {
  const ofIt = changes.filter(({ address }) => isWithin(address, construct));
  const runs = ofIt.some(
    ({ type, action }) => type === 'aws_lambda_invocation' && action !== 'destroy',
  );
  if (!runs) return undefined;
  return ofIt
    .flatMap((change) => change.arguments)
    .filter(({ path }) => path.startsWith('triggers_replace.'))
    .map(({ path }) => path.slice('triggers_replace.'.length));
}

function changesOfType(type: string, changes: readonly PlannedChange[]): string[] {
  return changes
    .filter((change) => change.type === type)
    .map(({ address, action, arguments: changed }) => {
      const paths = changed.map(({ path }) => path).join(', ');
      return `${address}: ${action}${paths === '' ? '' : ` (${paths})`}`;
    });
}

function lastPart(address: string): string {
  return address.slice(address.lastIndexOf('.') + 1);
}

/** The counts as Terraform prints them: "1 to create, 2 to change"; "no changes" if there are none. */
export function countsText({ counts, outputs }: PlanSummary): string {
  const parts = ORDER.filter((action) => counts[action] > 0).map(
    (action) => `${counts[action]} to ${action}`,
  );
  if (parts.length > 0) return parts.join(', ');
  return outputs.length === 0 ? 'no changes' : counted(outputs.length, 'output') + ' to change';
}
