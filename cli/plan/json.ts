import { z } from 'zod';

/** The parts of `terraform show -json` that a summary is made of. @see https://developer.hashicorp.com/terraform/internals/json-format */

const Fields = z.record(z.string(), z.unknown());
export type Fields = z.infer<typeof Fields>;

const Change = z.object({
  actions: z.array(
    z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget', 'open', 'renew', 'close']),
  ),
  before: Fields.nullish(),
  after: Fields.nullish(),
  /** In the shape of the values: true where one is known after the apply, or is secret. */
  after_unknown: z.union([z.boolean(), Fields]).default({}),
  before_sensitive: z.union([z.boolean(), Fields]).default({}),
  after_sensitive: z.union([z.boolean(), Fields]).default({}),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
});

const ResourceChange = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.enum(['managed', 'data', 'ephemeral', 'list']),
  type: z.string(),
  name: z.string(),
  action_reason: z.string().optional(),
  change: Change,
});
export type ResourceChange = z.infer<typeof ResourceChange>;

const Configured = z.object({ address: z.string(), expressions: Fields.default({}) });

const Plan = z.object({
  format_version: z.string(),
  resource_changes: z.array(ResourceChange).default([]),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
  configuration: z
    .object({
      root_module: z
        .object({ resources: z.array(Configured).default([]) })
        .default({ resources: [] }),
    })
    .default({ root_module: { resources: [] } }),
});
export type Plan = z.infer<typeof Plan>;

/** Throws Error where the text is no plan in a format that we know. */
export function parsePlan(text: string): Plan {
  const plan = Plan.parse(JSON.parse(text));
  if (plan.format_version.startsWith('1.')) return plan;
  throw new Error(`terraform show -json speaks format ${plan.format_version}, and this reads 1.x`);
}

/** What the configuration says of a resource: the names of its arguments, and what each refers to. */
export function expressionsOf({ configuration }: Plan, address: string): Fields {
  const { resources } = configuration.root_module;
  // Instances of count and for_each share what is configured.
  const plain = address.replaceAll(/\[[^\]]*\]/g, '');
  return resources.find((resource) => resource.address === plain)?.expressions ?? {};
}

/** `aws_sqs_queue.queue` for each resource that an expression refers to. */
export function referencesOf(expression: unknown): string[] {
  const { data: { references } = { references: [] } } = Expression.safeParse(expression);
  const addresses = references.map((reference) => ADDRESS.exec(reference)?.[0] ?? reference);
  return [...new Set(addresses)];
}

const Expression = z.object({ references: z.array(z.string()) });
const ADDRESS = /^(?:data\.)?[\w-]+\.[\w-]+/;
