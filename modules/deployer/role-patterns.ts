import { deployerPolicy, MAX_MANAGED_POLICY_CHARACTERS, rolesOf } from './policy.js';
import type { DeployedStack, PolicyDocument } from './policy.js';
import type { Deployer } from './targets.js';

/** A policy for given stacks, and a sentence if it does not name their roles exactly. */
export interface NarrowPolicy {
  readonly policy: PolicyDocument;
  readonly note?: string;
}

/**
 * Returns the policy of the deployer of these stacks that fits into one managed policy and allows the fewest roles: those
 * of the stacks by name, else those that start with the project and one of the pipelines, else all of the project.
 */
export function narrowPolicy(
  stacks: readonly DeployedStack[],
  { pipelines, ...deployer }: Deployer & { readonly pipelines: readonly string[] },
): NarrowPolicy {
  const names = rolesOf(stacks);
  const policyFor = (roles: readonly string[]) => deployerPolicy(stacks, { ...deployer, roles });
  const fits = (policy: PolicyDocument) =>
    JSON.stringify(policy).length <= MAX_MANAGED_POLICY_CHARACTERS;
  const exact = policyFor(names);
  if (fits(exact)) return { policy: exact };
  const { project } = deployer;
  const prefixes = pipelines.map((id) => `${project}-${id}-`);
  // A name that was too long is shortened, and may not have the prefix.
  const patterns = new Set(
    names.map((name) => {
      const prefix = prefixes.find((start) => name.startsWith(start));
      return prefix === undefined ? name : `${prefix}*`;
    }),
  );
  const byPipeline = policyFor([...patterns]);
  if (fits(byPipeline)) return { policy: byPipeline, note: noteOf([...patterns]) };
  const all = `${project}-*`;
  return { policy: policyFor([all]), note: noteOf([all]) };
}

function noteOf(roles: readonly string[]): string {
  const allowed = roles.map((role) => `role/${role}`).join(', ');
  return `The names of all roles do not fit into one policy: it allows ${allowed}, which includes roles of a project whose name starts like that.`;
}
