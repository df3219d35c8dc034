import { z } from 'zod';

/** The parts of `terraform show -json` that a summary uses. @see https://developer.hashicorp.com/terraform/internals/json-format */

const Fields = z.record(z.string(), z.unknown());
export type Fields = z.infer<typeof Fields>;

const Change = z.object({
  actions: z.array(
    z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget', 'open', 'renew', 'close']),
  ),
  before: Fields.nullish(),
  after: Fields.nullish(),
  /** In the shape of the values, with true for each one that is unknown until the apply (or, below, secret). */
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

/** Parses the JSON of a plan. Throws Error if the format is unknown. */
export function parsePlan(text: string): Plan {
  const plan = Plan.parse(JSON.parse(text));
  if (plan.format_version.startsWith('1.')) return plan;
  throw new Error(
    `terraform show -json has format version ${plan.format_version}, but only 1.x is supported`,
  );
}

/** The expressions of a resource in the configuration, keyed by argument. */
export function expressionsOf({ configuration }: Plan, address: string): Fields {
  const { resources } = configuration.root_module;
  // Instances of count and for_each share one configuration.
  const plain = address.replaceAll(/\[[^\]]*\]/g, '');
  return resources.find((resource) => resource.address === plain)?.expressions ?? {};
}

/** The addresses of the resources that an expression refers to, such as `aws_sqs_queue.queue`. */
export function referencesOf(expression: unknown): string[] {
  const { data: { references } = { references: [] } } = Expression.safeParse(expression);
  const addresses = references.map((reference) => ADDRESS.exec(reference)?.[0] ?? reference);
  return [...new Set(addresses)];
}

const Expression = z.object({ references: z.array(z.string()) });
const ADDRESS = /^(?:data\.)?[\w-]+\.[\w-]+/;
