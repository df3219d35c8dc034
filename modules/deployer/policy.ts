import { ACTIONS, STATE_ACTIONS } from './actions.js';
import type { ResourceActions } from './actions.js';
import { TARGETS } from './targets.js';

/** The part of a synthesized stack that determines the permissions of its deployer. */
export interface DeployedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** Names to fill into ARN patterns. */
export interface Deployer {
  readonly partition: string;
  readonly account: string;
  readonly project: string;
  readonly stateBucket: string;
  /** ARNs of the topics that stacks subscribe to. */
  readonly topics: readonly string[];
}

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
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
  const needed = [...types.flatMap(actionsOf), ...STATE_ACTIONS];
  return { Version: '2012-10-17', Statement: statementsOf(needed, deployer) };
}

/** Returns the policy for every resource type that the stack of a pipeline can have. */
export function fullDeployerPolicy(deployer: Deployer): PolicyDocument {
  const resource = Object.fromEntries(Object.keys(ACTIONS).map((type) => [type, {}]));
  return deployerPolicy([{ resource }], deployer);
}

/** Returns the read actions of a policy, which are enough for a plan without a lock. */
export function readingPart({ Version, Statement }: PolicyDocument): PolicyDocument {
  const reading = Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((action) => READING.test(action)),
  }));
  return { Version, Statement: reading.filter(({ Action }) => Action.length > 0) };
}

const READING = /^[a-z0-9-]+:(?:Get|List|Describe)/;

/** Returns the sorted ARNs of the topics that the stacks subscribe to. */
export function topicsOf(stacks: readonly DeployedStack[]): string[] {
  const subscriptions = stacks.flatMap(({ resource = {} }) =>
    Object.values(resource['aws_sns_topic_subscription'] ?? {}),
  );
  const arns = subscriptions.flatMap((subscription) =>
    'topic_arn' in subscription && typeof subscription.topic_arn === 'string'
      ? [subscription.topic_arn]
      : [],
  );
  return [...new Set(arns)].sort();
}

function actionsOf(type: string): readonly ResourceActions[] {
  const actions = ACTIONS[type];
  if (actions) return actions;
  throw new Error(
    `the actions to deploy ${type} are not known: add them to modules/deployer/actions.ts`,
  );
}

/** Groups actions on the same resources into one statement. */
function statementsOf(needed: readonly ResourceActions[], deployer: Deployer): Statement[] {
  const byTarget = new Map<string, { on: ResourceActions['on']; actions: Set<string> }>();
  for (const { service, on, actions } of needed) {
    const found = byTarget.get(on.join()) ?? { on, actions: new Set() };
    for (const action of actions) found.actions.add(`${service}:${action}`);
    byTarget.set(on.join(), found);
  }
  return [...byTarget].map(([, { on, actions }]) => ({
    Effect: 'Allow',
    Action: [...actions].sort(),
    Resource: on.flatMap((target) => fill(TARGETS[target], deployer)),
  }));
}

function fill(
  target: string,
  { partition, account, project, stateBucket, topics }: Deployer,
): readonly string[] {
  if (target === TARGETS.topics) return topics;
  return [
    target
      .replace('PARTITION', partition)
      .replace('ACCOUNT', account)
      .replace('STATE_BUCKET', stateBucket)
      .replace('DATABASES', `${project.replaceAll('-', '_')}__*`)
      .replaceAll('PROJECT', project),
  ];
}
