import { ACTIONS, STATE_ACTIONS } from './actions.js';
import type { ResourceActions } from './actions.js';
import { TARGETS } from './targets.js';

/** The parts of a synthesized stack that decide what its deployer has to be allowed. */
export interface DeployedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

export interface Deployer {
  readonly partition: string;
  readonly account: string;
  readonly project: string;
  readonly stateBucket: string;
  /** ARNs of the topics that stacks subscribe to. */
  readonly topics: readonly string[];
}

export interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** The least that a role needs to deploy these stacks and to destroy them. Throws for a type it does not know. */
export function deployerPolicy(
  stacks: readonly DeployedStack[],
  deployer: Deployer,
): PolicyDocument {
  const types = [...new Set(stacks.flatMap(({ resource = {} }) => Object.keys(resource)))].sort();
  const needed = [...types.flatMap(actionsOf), ...STATE_ACTIONS];
  return { Version: '2012-10-17', Statement: statementsOf(needed, deployer) };
}

/** The same for every type that a pipeline's stack can hold. */
export function fullDeployerPolicy(deployer: Deployer): PolicyDocument {
  const resource = Object.fromEntries(Object.keys(ACTIONS).map((type) => [type, {}]));
  return deployerPolicy([{ resource }], deployer);
}

/** What of a policy reads: enough for a plan that takes no lock. */
export function readingPart({ Version, Statement }: PolicyDocument): PolicyDocument {
  const reading = Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((action) => READING.test(action)),
  }));
  return { Version, Statement: reading.filter(({ Action }) => Action.length > 0) };
}

const READING = /^[a-z0-9-]+:(?:Get|List|Describe)/;

/** Topics of the synthesized subscriptions. */
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
    `nobody wrote down what a deployer needs for ${type}: add it to modules/deployer/actions.ts`,
  );
}

/** One statement for all actions on the same resources. */
function statementsOf(needed: readonly ResourceActions[], deployer: Deployer): PolicyStatement[] {
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
