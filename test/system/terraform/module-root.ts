import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Block } from '../../support/stacks/stack-kit.js';
import { mockProvider, OFFLINE } from './offline.js';
import type { Terraform } from './terraform.js';

export interface ModuleCall {
  readonly module: string;
  /** The arguments in Terraform's JSON syntax. */
  readonly arguments: Block;
}

const MODULES = join(process.cwd(), 'terraform-modules');
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'granule-queue': ['topic'],
  pipeline: ['topic'],
};
const HOME = 'eu-central-1';

export interface RootOptions {
  readonly region?: string;
  /** Region of the provider aws.topic. */
  readonly topicRegion?: string;
  /** Default tags of the provider. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Writes a root module that calls modules, with providers that work offline, and zips to refer to. */
export function writeRoot(
  calls: Readonly<Record<string, ModuleCall>>,
  { region = HOME, topicRegion = HOME, tags }: RootOptions = {},
): string {
  const root = mkdtempSync(join(tmpdir(), 'root-'));
  const aliased = Object.values(calls).some(({ module }) => ALIASES[module]);
  const regions = [{ region }, ...(aliased ? [{ region: topicRegion, alias: 'topic' }] : [])];
  const providers = regions.map((block) => ({ ...block, ...(tags && { default_tags: { tags } }) }));
  writeJson(join(root, 'main.tf.json'), {
    provider: { aws: providers.map((block) => ({ ...block, ...OFFLINE })) },
    module: Object.fromEntries(
      Object.entries(calls).map(([name, call]) => [name, moduleBlock(call)]),
    ),
    output: Object.fromEntries(
      Object.keys(calls).map((name) => [name, { value: `\${module.${name}}` }]),
    ),
  });
  for (const zip of ['app', 'collection', 'historic', 'verify', 'breaker']) {
    writeFile(join(root, 'code', `${zip}.zip`), `stands for the zip of ${zip}`);
    // As for a pipeline in Python, whose app is an image.
    if (zip !== 'app')
      writeFile(join(root, 'code/others', `${zip}.zip`), `stands for the zip of ${zip}`);
  }
  return root;
}

function moduleBlock({ module, arguments: given }: ModuleCall): Block {
  const aliases = ALIASES[module]?.map((alias) => [`aws.${alias}`, `aws.${alias}`]);
  return {
    source: join(MODULES, module),
    ...(aliases && { providers: { aws: 'aws', ...Object.fromEntries(aliases) } as Block }),
    ...given,
  };
}

/** Writes a `terraform test` that applies the root module against mocks and checks the conditions. */
export function writeRootTest(root: string, conditions: Readonly<Record<string, string>>): void {
  const assert = Object.entries(conditions).map(([error_message, condition]) => ({
    condition: `\${${condition}}`,
    error_message,
  }));
  const mocks = [mockProvider(), { ...mockProvider(), alias: 'topic' }];
  writeJson(join(root, 'root.tftest.json'), {
    mock_provider: { aws: mocks },
    run: { root: { command: 'apply', ...(assert.length > 0 && { assert }) } },
  });
}

const PlanSchema = z.object({
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        mode: z.enum(['managed', 'data']),
        change: z.object({
          actions: z.array(z.string()),
          after: z.record(z.string(), z.unknown()).nullable(),
          after_unknown: z.unknown(),
        }),
      }),
    )
    .optional(),
  planned_values: z.object({ outputs: z.record(z.string(), z.unknown()).optional() }),
});

export type Plan = z.infer<typeof PlanSchema>;

/** Plans the root module; returns the output of `terraform show -json`. */
export async function planOf(terraform: Terraform, root: string): Promise<Plan> {
  await terraform.run(root, 'init', '-input=false');
  await terraform.run(root, 'plan', '-input=false', '-lock=false', '-out=plan.out');
  return PlanSchema.parse(JSON.parse(await terraform.run(root, 'show', '-json', 'plan.out')));
}

/** Returns the addresses of what a plan creates. */
export function madeBy({ resource_changes = [] }: Plan): string[] {
  return resource_changes
    .filter(({ mode, change }) => mode === 'managed' && change.actions.includes('create'))
    .map(({ address }) => address)
    .sort();
}

function writeJson(path: string, content: unknown): void {
  writeFile(path, JSON.stringify(content, undefined, 1));
}

function writeFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
