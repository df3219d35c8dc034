import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateOf } from '../../support/cli/state-fixture.js';
import { readStack, type SynthesizedStack } from '../../support/stacks/stack-kit.js';
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

interface ConfiguredResource extends Resource {
  readonly provider_config_key?: string;
}

interface PlannedResource extends Resource {
  readonly schema_version: number;
}

/** The parts of `terraform show -json` that a state contains. */
interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly configuration: { readonly root_module: { readonly resources?: ConfiguredResource[] } };
  readonly planned_values?: { readonly root_module: { readonly resources?: PlannedResource[] } };
}

const MOST_ROUNDS = 8;

/** Where the states have what the provider aws.topic made. */
export const TOPIC_REGION = 'af-south-1';

/**
 * Plans against the state in the folder, without AWS; returns the output of `terraform show -json`.
 * @param more options of `terraform plan`
 */
export async function planOffline(
  terraform: Terraform,
  folder: string,
  ...more: readonly string[]
): Promise<string> {
  const words = ['-input=false', '-lock=false', '-refresh=false', '-out=plan.tfplan'];
  await terraform.run(folder, 'plan', ...words, ...more);
  return terraform.run(folder, 'show', '-json', 'plan.tfplan');
}

/**
 * Writes a state as if the stack of the folder had been applied, and returns it: values that only AWS knows are made
 * up, and what depends on them follows, until Terraform itself finds nothing to change.
 */
export async function standInState(terraform: Terraform, folder: string): Promise<string> {
  const stack = readStack(folder);
  overrideOffline(folder, stack);
  readNoFunctions(folder, stack);
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

/** There is no Lambda to read the functions back from. */
function readNoFunctions(folder: string, { data }: SynthesizedStack): void {
  const names = Object.keys(data['aws_lambda_function'] ?? {});
  const none = Object.fromEntries(names.map((name) => [name, { count: 0 }]));
  const override = { data: { aws_lambda_function: none } };
  writeFileSync(join(folder, 'zz_functions_override.tf.json'), JSON.stringify(override));
}

function changesOf({ resource_changes: changes = [] }: Plan): ResourceChange[] {
  return changes.filter(({ mode, change }) => mode === 'managed' && change.actions[0] !== 'no-op');
}

function instanceOf({ address, mode, type, name, change }: ResourceChange, plan: Plan): object {
  const planned = plan.planned_values?.root_module.resources ?? [];
  const { schema_version = 0 } = planned.find((resource) => resource.address === address) ?? {};
  const builtin = type === 'terraform_data';
  const source = builtin ? 'terraform.io/builtin/terraform' : 'registry.terraform.io/hashicorp/aws';
  const configured = plan.configuration.root_module.resources ?? [];
  const key = configured.find((resource) => resource.address === address)?.provider_config_key;
  const alias = key?.startsWith('aws.') === true ? key.slice('aws'.length) : '';
  const { after, after_unknown } = change;
  const attributes = {
    ...madeUp(type, { name, after_unknown, region: alias === '' ? 'us-west-2' : TOPIC_REGION }),
    ...(builtin ? typed(after) : after),
  };
  return {
    mode,
    type,
    name,
    provider: `provider["${source}"]${alias}`,
    instances: [{ schema_version, attributes }],
  };
}

/** Other values are left out: a state may lack computed values. */
function madeUp(
  type: string,
  { name, after_unknown, region }: { name: string; after_unknown: Json; region: string },
): Json {
  const pattern = ARN_PATTERNS[type] ?? `${type}:us-west-2:123456789012:mock`;
  const values: Json = {
    id: `${type}-${name}`,
    url: `https://sqs.${region}.amazonaws.com/123456789012/${name}`,
    arn: `arn:aws:${pattern.replace('us-west-2', region).replace(/mock$/, name)}`,
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
