import { AWS_PROVIDER, TERRAFORM_VERSION } from '../../config/providers.js';
import { newApp } from '../../constructs/base-stack.js';
import { conditionalBlock } from './conditional-block.js';
import { ModuleStack } from './stack.js';
import type { TerraformModule } from './module.js';
import { Conditions } from './presence.js';
import type { Presence } from './presence.js';

type Json = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** The parts of a module in Terraform's JSON syntax. */
export interface ModuleJson {
  readonly main: Json;
  readonly variables: Json;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly versions: Json;
}

/** Synthesizes the constructs of a module, without writing files. */
export function moduleJson(module: TerraformModule): ModuleJson {
  const stack = new ModuleStack(newApp(), module.name, module.variables);
  module.build(stack);
  const { locals, resource, data, variable, output } = withoutNotes(
    stack.toTerraform(),
  ) as Synthesized;
  const presence = withNullables(module);
  const addresses = new Set([...addressesOf(resource, ''), ...addressesOf(data, 'data.')]);
  const context = { presence, conditions: new Conditions(presence, addresses) };
  const changed = (blocks: Blocks | undefined, prefix: string) =>
    blocks &&
    mapBlocks(blocks, (block, address) => resourceBlock(block, `${prefix}${address}`, context));
  return {
    main: { locals, data: changed(data, 'data.'), resource: changed(resource, '') },
    variables: variable ?? {},
    outputs: mapValues(output ?? {}, (block) =>
      conditionalBlock(block, { ...context, given: undefined }),
    ),
    versions: versionsOf(module),
  };
}

interface Synthesized {
  readonly locals?: Json;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly variable?: Readonly<Record<string, Json>>;
  readonly output?: Readonly<Record<string, Json>>;
}

/** Only declares the providers: their blocks are in the root module of the caller. */
function versionsOf({ providers = {} }: TerraformModule): Json {
  const aliases = Object.keys(providers).map((alias) => `aws.${alias}`);
  const aws = { ...AWS_PROVIDER, ...(aliases.length > 0 && { configuration_aliases: aliases }) };
  return { required_version: TERRAFORM_VERSION, required_providers: { aws } };
}

function withNullables({ presence = {}, variables }: TerraformModule): Presence {
  const nullables = Object.entries(variables)
    .filter(([, variable]) => variable.default === null)
    .map(([name]) => [`var.${name}`, `var.${name} != null`]);
  return {
    ...presence,
    references: {
      ...(Object.fromEntries(nullables) as Record<string, string>),
      ...presence.references,
    },
  };
}

function resourceBlock(
  block: Json,
  address: string,
  { presence, conditions }: { readonly presence: Presence; readonly conditions: Conditions },
): Json {
  const given = conditions.ofResource(address);
  const over = presence.forEach?.find(([pattern]) => pattern.test(address))?.[1];
  return {
    ...(given !== undefined && { count: `\${${given} ? 1 : 0}` }),
    ...(over !== undefined && { for_each: `\${${over}}` }),
    ...conditionalBlock(block, { conditions, presence, given }),
  };
}

function addressesOf(blocks: Blocks | undefined, prefix: string): string[] {
  return Object.entries(blocks ?? {}).flatMap(([type, named]) =>
    Object.keys(named).map((name) => `${prefix}${type}.${name}`),
  );
}

function mapBlocks(blocks: Blocks, change: (block: Json, address: string) => Json): Blocks {
  return mapValues(blocks, (named, type) =>
    mapValues(named, (block, name) => change(block, `${type}.${name}`)),
  );
}

function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, change(value, key)]),
  );
}

/** Removes cdktf's own comments from synthesized JSON: the construct's path and where it was created. */
export function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== '//');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNotes(inner)]));
}
