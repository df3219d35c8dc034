import { difference } from './plan-grants.js';
import { documentStatements, type Statement, tryParsePolicy } from './statement.js';
import {
  expressionsOf,
  type Fields,
  type Plan,
  referencesOf,
  type ResourceChange,
} from './json.js';

/** What roles, queues and buckets may or may not do any more, in words. */
export interface IamChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Addresses of resources of which nothing changes but a policy, and that comes out the same. */
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
  /** Whether it stays unknown until the apply. */
  readonly isReadLater: boolean;
  /** Whose policy it is. */
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

/** A policy that is not known yet is a document that is read during the apply: the plan holds its statements. */
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

/** `demo-waves-app` may `sqs:SendMessage` on `aws_sqs_queue.queue`, where ... */
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
