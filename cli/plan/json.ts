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

const Configured = z.object({
  address: z.string(),
  provider_config_key: z.string().optional(),
  expressions: Fields.default({}),
});

/** A region that is not a constant, as in a root module with variables, is unknown. */
const ProviderConfig = z.object({
  expressions: z
    .object({ region: z.object({ constant_value: z.string().optional() }).optional() })
    .default({}),
});

const Found = z.object({
  mode: z.string(),
  type: z.string(),
  values: Fields.default({}),
});
const NOTHING_FOUND = { values: { root_module: { resources: [] } } };

const Plan = z.object({
  format_version: z.string(),
  resource_changes: z.array(ResourceChange).default([]),
  /** What the refresh found to differ from the state. */
  resource_drift: z.array(ResourceChange).default([]),
  /** The state after the refresh. */
  prior_state: z
    .object({
      values: z
        .object({
          root_module: z
            .object({ resources: z.array(Found).default([]) })
            .default({ resources: [] }),
        })
        .default(NOTHING_FOUND.values),
    })
    .default(NOTHING_FOUND),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
  configuration: z
    .object({
      provider_config: z.record(z.string(), ProviderConfig).default({}),
      root_module: z
        .object({ resources: z.array(Configured).default([]) })
        .default({ resources: [] }),
    })
    .default({ provider_config: {}, root_module: { resources: [] } }),
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

const Checks = z.object({
  checks: z
    .array(
      z.object({
        status: z.string(),
        instances: z
          .array(z.object({ problems: z.array(z.object({ message: z.string() })).default([]) }))
          .default([]),
      }),
    )
    .default([]),
});

/** Returns the messages of the conditions that do not hold, from the JSON of a plan that failed. */
export function failedChecks(text: string): string[] {
  const { checks } = Checks.parse(JSON.parse(text));
  return checks
    .filter(({ status }) => status === 'fail')
    .flatMap(({ instances }) => instances.flatMap(({ problems }) => problems))
    .map(({ message }) => message);
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
