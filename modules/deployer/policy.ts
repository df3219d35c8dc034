import { ACTIONS, IMAGE_ACTIONS, STATE_ACTIONS, STATE_BUCKET_ACTIONS } from './actions.js';
import { SET_BOUNDARY } from './function-actions.js';
import type { ActionCondition, ResourceActions } from './resource-actions.js';
import { fillTarget, OWN_TARGETS, TARGETS } from './targets.js';
import type { Deployer, Target } from './targets.js';

export type { Deployer } from './targets.js';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MAX_MANAGED_POLICY_CHARACTERS = 6144;

/** The part of a synthesized stack that determines the permissions of its deployer. */
export interface DeployedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  /** All actions but these, in a statement that denies. */
  readonly NotAction?: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/**
 * Returns the least-privilege policy of a role that deploys and destroys these stacks. Throws if a resource type is not
 * in ACTIONS.
 */
export function deployerPolicy(
  stacks: readonly DeployedStack[],
  deployer: Deployer,
): PolicyDocument {
  const types = [...new Set(stacks.flatMap(({ resource = {} }) => Object.keys(resource)))].sort();
  const images = hasImages(stacks) ? IMAGE_ACTIONS : [];
  const needed = [...types.flatMap(actionsOf), ...images, ...STATE_ACTIONS];
  const Statement = [
    ...statementsOf(
      needed.map((entry) => bounded(entry, deployer)),
      deployer,
    ),
    stateBucketGuard(deployer),
  ];
  return { Version: '2012-10-17', Statement };
}

/** Returns the policy for every resource type that the stack of a pipeline can have. */
export function fullDeployerPolicy(deployer: Deployer): PolicyDocument {
  const resource = Object.fromEntries(Object.keys(ACTIONS).map((type) => [type, {}]));
  const image = { aws_lambda_function: { app: { package_type: 'Image' } } };
  return deployerPolicy([{ resource }, { resource: image }], deployer);
}

/** Returns the read actions of a policy, which are enough for a plan without a lock, and what it denies. */
export function readingPart({ Version, Statement }: PolicyDocument): PolicyDocument {
  const reading = Statement.map((statement) =>
    statement.Action === undefined
      ? statement
      : { ...statement, Action: statement.Action.filter((action) => READING.test(action)) },
  );
  return { Version, Statement: reading.filter(({ Action }) => Action?.length !== 0) };
}

const READING = /^[a-z0-9-]+:(?:Get|List|Describe)/;

/** Returns the sorted ARNs of the topics that the stacks subscribe to. */
export function topicsOf(stacks: readonly DeployedStack[]): string[] {
  return literalsOf(stacks, { type: 'aws_sns_topic_subscription', attribute: 'topic_arn' });
}

/** Returns the sorted names of the roles of the stacks. */
export function rolesOf(stacks: readonly DeployedStack[]): string[] {
  return literalsOf(stacks, { type: 'aws_iam_role', attribute: 'name' });
}

function hasImages(stacks: readonly DeployedStack[]): boolean {
  const attribute = { type: 'aws_lambda_function', attribute: 'package_type' };
  return literalsOf(stacks, attribute).includes('Image');
}

function literalsOf(
  stacks: readonly DeployedStack[],
  { type, attribute }: { readonly type: string; readonly attribute: string },
): string[] {
  const blocks = stacks.flatMap(({ resource = {} }) => Object.values(resource[type] ?? {}));
  const values = blocks.map((block) => (block as Readonly<Record<string, unknown>>)[attribute]);
  return [...new Set(values.filter((value) => typeof value === 'string'))].sort();
}

function actionsOf(type: string): readonly ResourceActions[] {
  const actions = ACTIONS[type];
  if (actions) return actions;
  throw new Error(
    `the actions to deploy ${type} are not known: add them to modules/deployer/actions.ts`,
  );
}

/** Makes given boundaries the condition of the actions that know it; without one, the boundary of no role is set. */
function bounded(entry: ResourceActions, { permissionsBoundaries }: Deployer): ResourceActions {
  if (!entry.knowsBoundary) return entry;
  if (permissionsBoundaries === undefined) {
    return { ...entry, actions: entry.actions.filter((action) => action !== SET_BOUNDARY) };
  }
  const condition: ActionCondition = {
    test: 'StringEquals',
    key: 'iam:PermissionsBoundary',
    values: permissionsBoundaries,
  };
  return { ...entry, condition };
}

interface Group {
  readonly on: Set<Target>;
  readonly condition: ActionCondition | undefined;
  readonly actions: Set<string>;
}

/**
 * Groups actions under the same condition into one statement: those on the project's own resources together, since an
 * action applies to the ARNs of its own service only, and others by their resources.
 */
function statementsOf(needed: readonly ResourceActions[], deployer: Deployer): Statement[] {
  const groups = new Map<string, Group>();
  for (const { service, actions, on, condition } of needed) {
    const own = condition === undefined && on.every((target) => OWN_TARGETS.has(target));
    const key = own ? '' : JSON.stringify([on, condition]);
    const group = groups.get(key) ?? { on: new Set(), condition, actions: new Set() };
    for (const target of on) group.on.add(target);
    for (const action of actions) group.actions.add(`${service}:${action}`);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ on, condition, actions }) => ({
    Effect: 'Allow',
    Action: [...actions].sort(),
    Resource: [...on].flatMap((target) => fillTarget(TARGETS[target], deployer)),
    ...(condition && { Condition: conditionOf(condition, deployer) }),
  }));
}

function conditionOf({ test, key, values }: ActionCondition, deployer: Deployer): Conditions {
  const filled = values.flatMap((value) =>
    value in TARGETS ? fillTarget(TARGETS[value as keyof typeof TARGETS], deployer) : [value],
  );
  return { [test]: { [key]: filled } };
}

/**
 * Denies everything on the state bucket but what a deployment needs: a bucket whose name starts with the project would
 * otherwise count as one of the project's own, with the states of all others in it.
 */
function stateBucketGuard(deployer: Deployer): Statement {
  return {
    Effect: 'Deny',
    NotAction: STATE_BUCKET_ACTIONS,
    Resource: [TARGETS.stateBucket, TARGETS.stateObjects].flatMap((target) =>
      fillTarget(target, deployer),
    ),
  };
}
