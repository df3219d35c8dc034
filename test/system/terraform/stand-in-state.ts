import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStack } from '../../support/stacks/stack-kit.js';
import { ARN_PATTERNS, overrideOffline, STATE_FILE } from './offline.js';
import type { Terraform } from './terraform.js';

type Json = Readonly<Record<string, unknown>>;

interface Resource {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
}

interface ResourceChange extends Resource {
  readonly change: {
    readonly actions: readonly string[];
    readonly after: Json | null;
    readonly after_unknown: Json;
  };
}

interface PlannedResource extends Resource {
  readonly schema_version: number;
}

/** The parts of `terraform show -json` that a state contains. */
interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly planned_values?: { readonly root_module: { readonly resources?: PlannedResource[] } };
}

const MOST_ROUNDS = 8;

/** Plans against the state in the folder, without AWS; returns the output of `terraform show -json`. */
export async function planOffline(terraform: Terraform, folder: string): Promise<string> {
  const words = ['-input=false', '-lock=false', '-refresh=false', '-out=plan.tfplan'];
  await terraform.run(folder, 'plan', ...words);
  return terraform.run(folder, 'show', '-json', 'plan.tfplan');
}

/**
 * Writes a state as if the stack of the folder had been applied, and returns it: values that only AWS knows are made
 * up, and what depends on them follows, until Terraform itself finds nothing to change.
 */
export async function standInState(terraform: Terraform, folder: string): Promise<string> {
  overrideOffline(folder, readStack(folder));
  await terraform.run(folder, 'init', '-input=false', '-reconfigure');
  const known = new Map<string, object>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const plan = JSON.parse(await planOffline(terraform, folder)) as Plan;
    const changed = changesOf(plan);
    if (changed.length === 0) return readFileSync(join(folder, STATE_FILE), 'utf8');
    for (const change of changed) known.set(change.address, instanceOf(change, plan));
    writeFileSync(join(folder, STATE_FILE), stateOf([...known.values()]));
  }
  throw new Error(`the stack in ${folder} changes again and again`);
}

function changesOf({ resource_changes: changes = [] }: Plan): ResourceChange[] {
  return changes.filter(({ mode, change }) => mode === 'managed' && change.actions[0] !== 'no-op');
}

function instanceOf({ address, mode, type, name, change }: ResourceChange, plan: Plan): object {
  const planned = plan.planned_values?.root_module.resources ?? [];
  const { schema_version = 0 } = planned.find((resource) => resource.address === address) ?? {};
  const builtin = type === 'terraform_data';
  const source = builtin ? 'terraform.io/builtin/terraform' : 'registry.terraform.io/hashicorp/aws';
  const { after, after_unknown } = change;
  const attributes = {
    ...madeUp(type, { name, after_unknown }),
    ...(builtin ? typed(after) : after),
  };
  return {
    mode,
    type,
    name,
    provider: `provider["${source}"]`,
    instances: [{ schema_version, attributes }],
  };
}

/** Other values are left out: a state may lack computed values. */
function madeUp(
  type: string,
  { name, after_unknown }: { name: string; after_unknown: Json },
): Json {
  const values: Json = {
    id: `${type}-${name}`,
    url: `https://sqs.us-west-2.amazonaws.com/123456789012/${name}`,
    arn: `arn:aws:${(ARN_PATTERNS[type] ?? `${type}:us-west-2:123456789012:mock`).replace(/mock$/, name)}`,
    inline_policy: [],
    managed_policy_arns: [],
  };
  return Object.fromEntries(Object.entries(values).filter(([key]) => after_unknown[key] === true));
}

/** terraform_data accepts values of any type, and the state records the type: here an object of strings. */
function typed(after: Json | null): Json {
  const value = (after?.['triggers_replace'] ?? {}) as Json;
  const type = ['object', Object.fromEntries(Object.keys(value).map((key) => [key, 'string']))];
  return { ...after, triggers_replace: { value, type } };
}

function stateOf(resources: readonly object[]): string {
  return JSON.stringify({
    version: 4,
    terraform_version: '1.11.0',
    serial: 1,
    lineage: '00000000-0000-0000-0000-000000000000',
    outputs: {},
    resources,
  });
}
