import { type ArgumentChange, argumentChanges } from './diff.js';
import { holdingOf, nameIn, type Holding } from '../shared/holds.js';
import { imageChanges, type ImageChange } from './images.js';
import { iamChanges } from './iam.js';
import { stoppedIn, type StoppedConsumption } from './consumption.js';
import { expressionsOf, type Plan, type ResourceChange } from './json.js';
import { lostIn, missingIn, type MissingResources } from './missing.js';
import { isWithin, RUNS_ON_DEPLOY } from '../../modules/config/construct-ids.js';
import { CODE_TAG } from '../../modules/config/names.js';
import { counted } from '../shared/table.js';

export type PlanAction = 'create' | 'change' | 'replace' | 'destroy' | 'forget' | 'move';

/** A resource that an apply would change. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  /** The physical name, if it is known. */
  readonly name: string | undefined;
  /** The URL of a queue that exists. */
  readonly url: string | undefined;
  readonly action: PlanAction;
  /** The data that the change deletes; undefined if none. */
  readonly loses: string | undefined;
  /** What else the change deletes: logs, or what is made again. */
  readonly clears: Holding | undefined;
  /** Names of the arguments that force a replacement. */
  readonly because: readonly string[];
  readonly arguments: readonly ArgumentChange[];
}

/** The plan of one pipeline, summarized for a reviewer. */
export interface PlanSummary {
  readonly counts: Readonly<Record<PlanAction, number>>;
  /** Changes that delete data come first, then destroy, replace, forget, change, create and move. */
  readonly changes: readonly PlannedChange[];
  readonly missing: MissingResources;
  /** Undefined if messages are taken from the queue, or the stack is new. */
  readonly consumption: StoppedConsumption | undefined;
  /** Functions whose code is the only change. */
  readonly code: readonly string[];
  readonly images: readonly ImageChange[];
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

/** Summarizes a plan. */
export function summarizePlan(plan: Plan): PlanSummary {
  const resources = plan.resource_changes.filter(({ mode }) => mode === 'managed');
  const changes = resources.flatMap((resource) => tryPlannedChange(resource, plan) ?? []);
  const { same, ...iam } = iamChanges(plan);
  return {
    counts: countsOf(changes),
    changes: [...changes].sort((a, b) => weight(a) - weight(b)),
    missing: missingIn(plan),
    consumption: stoppedIn(plan),
    code: changes
      .filter((change) => isCodeOnly(change) && !isImage(change))
      .map(({ address }) => lastPart(address)),
    images: imageChanges(resources),
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
  const isLost = action === 'destroy' || action === 'replace';
  const held = isLost ? holdingOf(type, address) : undefined;
  return {
    address,
    type,
    action,
    name: nameIn(change.before ?? change.after ?? {}),
    url: urlIn(change.before ?? {}),
    loses: held?.grade === 'data' ? held.what : undefined,
    clears: held?.grade === 'data' ? undefined : held,
    because: change.replace_paths.map((path) => path.join('.')),
    arguments:
      action === 'change' || action === 'replace'
        ? argumentChanges(resource, Object.keys(expressionsOf(plan, address)))
        : [],
  };
}

function urlIn({ url }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof url === 'string' ? url : undefined;
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

const CODE = [
  ...['filename', 'source_code_hash', 's3_key', 's3_object_version', 'image_uri'],
  ...['tags', 'tags_all'].map((tags) => `${tags}.${CODE_TAG}`),
];

export function isCodeOnly({ type, action, arguments: changed }: PlannedChange): boolean {
  return (
    type === 'aws_lambda_function' &&
    action === 'change' &&
    changed.length > 0 &&
    changed.every(({ path }) => CODE.includes(path))
  );
}

function isImage({ arguments: changed }: PlannedChange): boolean {
  return changed.some(({ path }) => path === 'image_uri');
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

export function lastPart(address: string): string {
  return address.slice(address.lastIndexOf('.') + 1);
}

/** Addresses of the resources whose data is lost, or was before this plan. */
export function lossesOf({ changes, missing }: PlanSummary): string[] {
  const lost = changes.filter(({ loses }) => loses !== undefined).map(({ address }) => address);
  return [...lost, ...lostIn(missing)];
}

/** The counts as Terraform prints them: "1 to create, 2 to change"; "no changes" if there are none. */
export function countsText({ counts, missing, outputs }: PlanSummary): string {
  const parts = ORDER.filter((action) => counts[action] > 0).map(
    (action) => `${counts[action]} to ${action}`,
  );
  const gone = missing.resources.length;
  if (parts.length > 0)
    return [...parts, ...(gone > 0 ? [`${gone} not found in AWS`] : [])].join(', ');
  return outputs.length === 0 ? 'no changes' : counted(outputs.length, 'output') + ' to change';
}
