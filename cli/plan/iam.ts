import { documentStatements, type Statement, tryParsePolicy } from './statement.js';
import {
  expressionsOf,
  type Fields,
  type Plan,
  referencesOf,
  type ResourceChange,
} from './json.js';

/** Changes to IAM policies, one sentence each. */
export interface IamChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Addresses of resources whose policy is recomputed during the apply, with the same statements. */
  readonly same: readonly string[];
}

const POLICIES = ['policy', 'assume_role_policy'];

/** Compares the statements of every policy before and after. */
export function iamChanges(plan: Plan): IamChanges {
  const changes = plan.resource_changes
    .filter(({ mode, change: { actions } }) => mode === 'managed' && actions[0] !== 'no-op')
    .flatMap((resource) => policiesOf(resource, plan))
    .map((policy) => ({
      ...policy,
      added: difference(policy.after, policy.before),
      removed: difference(policy.before, policy.after),
    }));
  const words = (statements: readonly Statement[], holder: string) =>
    statements.map((statement) => inWords(statement, holder));
  return {
    added: changes.flatMap(({ added, holder }) => words(added, holder)),
    removed: changes.flatMap(({ removed, holder }) => words(removed, holder)),
    same: changes
      .filter(
        ({ added, removed, isReadLater }) => isReadLater && added.length + removed.length === 0,
      )
      .map(({ address }) => address),
  };
}

interface PolicyChange {
  readonly address: string;
  /** Whether the policy was known before, but is unknown until the apply. */
  readonly isReadLater: boolean;
  /** Name of the role, bucket or queue that has the policy. */
  readonly holder: string;
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
}

function policiesOf(resource: ResourceChange, plan: Plan): PolicyChange[] {
  const { address, change } = resource;
  return POLICIES.flatMap((key): PolicyChange[] => {
    const before = tryParsePolicy(change.before?.[key]);
    const known = tryParsePolicy(change.after?.[key]);
    const after = known ?? readDuringApply(resource, { key, plan });
    if (before === undefined && after === undefined) return [];
    return [
      {
        address,
        holder: holderOf(resource),
        isReadLater: before !== undefined && known === undefined && after !== undefined,
        before: before ?? [],
        after: after ?? [],
      },
    ];
  });
}

/** An unknown policy refers to a document that is read during the apply; the plan contains its statements. */
function readDuringApply(
  { address, change }: ResourceChange,
  { key, plan }: { readonly key: string; readonly plan: Plan },
): Statement[] | undefined {
  if (typeof change.after_unknown === 'boolean' || change.after_unknown[key] !== true)
    return undefined;
  const [document] = referencesOf(expressionsOf(plan, address)[key]);
  const read = plan.resource_changes.find((other) => other.address === document);
  return read && documentStatements(read.change.after, expressionsOf(plan, read.address));
}

function holderOf({ address, change }: ResourceChange): string {
  const fields: Fields = change.after ?? change.before ?? {};
  const name = ['role', 'bucket', 'name'].map((key) => fields[key]);
  return name.find((value) => typeof value === 'string') ?? address;
}

/** A sentence such as: `demo-waves-app` may `sqs:SendMessage` on `aws_sqs_queue.queue`, where ... */
function inWords(statement: Statement, holder: string): string {
  const { effect, actions, resources, principals, conditions } = statement;
  const who =
    principals.length === 0
      ? code([holder])
      : principals.includes('*')
        ? 'everyone'
        : code(principals);
  const verb = effect === 'Allow' ? 'may' : 'may not';
  const on =
    resources.length === 0 || (principals.length > 0 && resources.join() === '*')
      ? ''
      : ` on ${code(resources)}`;
  const of = principals.length === 0 ? '' : ` (policy of ${code([holder])})`;
  const where = conditions.length === 0 ? '' : `, where ${code(conditions)}`;
  return `${who} ${verb} ${code(actions)}${on}${where}${of}`;
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word.replaceAll(/[`\s]+/g, ' ')}\``).join(', ');
}

/** The statements that are not covered by `others`, reduced to the new actions and resources. */
export function difference(
  statements: readonly Statement[],
  others: readonly Statement[],
): Statement[] {
  const rest = others.filter((other) => !statements.some((statement) => isSame(statement, other)));
  const granted = new Set(rest.flatMap(grantsOf).map(({ key }) => key));
  return statements
    .filter((statement) => !others.some((other) => isSame(statement, other)))
    .flatMap((statement) => beyond(statement, granted));
}

/** Unknown ARNs cannot be compared: statements with the same Sid then count as the same. */
function isSame(one: Statement, other: Statement): boolean {
  const parts = ({ effect, actions, principals }: Statement) => text(effect, actions, principals);
  if (parts(one) !== parts(other)) return false;
  const rest = ({ resources, conditions }: Statement) => text(resources, conditions);
  if (rest(one) === rest(other)) return true;
  return (!one.isKnown || !other.isKnown) && one.sid !== undefined && one.sid === other.sid;
}

interface Grant {
  readonly action: string;
  /** ARN or address; empty in a trust policy. */
  readonly resource: string;
  readonly key: string;
}

function grantsOf({ effect, actions, resources, principals, conditions }: Statement): Grant[] {
  return actions.flatMap((action) =>
    (resources.length === 0 ? [''] : resources).map((resource) => ({
      action,
      resource,
      key: text(effect, principals, conditions, action, resource),
    })),
  );
}

/** Groups the new actions of a statement by their resources. */
function beyond(statement: Statement, granted: ReadonlySet<string>): Statement[] {
  const fresh = grantsOf(statement).filter(({ key }) => !granted.has(key));
  const groups = new Map<string, { actions: string[]; resources: string[] }>();
  for (const wanted of new Set(fresh.map(({ action }) => action))) {
    const resources = fresh.filter(({ action }) => action === wanted).map((one) => one.resource);
    const group = groups.get(text(resources)) ?? { actions: [], resources };
    group.actions.push(wanted);
    groups.set(text(resources), group);
  }
  return [...groups.values()].map(({ actions, resources }) => ({
    ...statement,
    actions,
    resources: resources.filter((resource) => resource !== ''),
  }));
}

function text(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}
