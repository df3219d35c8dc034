import { z } from 'zod';
import { CONFIG_FIELDS } from './fields.js';
import type { DefaultSource, Fields, Filled, Written } from './fields/field.js';
import { fieldSchema, valueSchema } from './fields/types.js';
import { BETWEEN_RULES, needsRules } from './rules.js';
import type { ConfigRule } from './rule.js';

/** The schema of a config.yaml, by the table of its keys. What it parses has every default filled in. */
export function configSchema<Table extends Fields>(fields: Table): z.ZodType<Filled<Table>> {
  const shape = Object.entries(fields).map(([key, field]) => [key, fieldSchema(field)] as const);
  const rules = [...needsRules(fields), ...BETWEEN_RULES];
  return z
    .strictObject(Object.fromEntries(shape))
    .superRefine(
      (config, context) => {
        checkRules(config, { rules, context });
      },
      {
        when: ({ value }) => typeof value === 'object' && value !== null,
      },
    )
    .transform((config) => withDefaults(fields, config as Written<Table>));
}

export const PipelineConfigSchema = configSchema(CONFIG_FIELDS);

/** The schema of a part of a config, without the rules about missing keys and between keys. */
export const PartialConfigSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(CONFIG_FIELDS).map(([key, field]) => [key, valueSchema(field).exactOptional()]),
  ),
);

/** The defaults of the keys that have one which does not depend on other keys. */
export function defaultsOf(fields: Fields): Readonly<Record<string, unknown>> {
  const entries = Object.entries(fields).map(([key, field]) => [key, field.default] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function withDefaults<Table extends Fields>(fields: Table, config: Written<Table>): Filled<Table> {
  const derived = Object.entries(fields).flatMap(([key, { defaultFrom }]) =>
    defaultFrom === undefined ? [] : [[key, defaultFrom.of(config as unknown as DefaultSource)]],
  );
  return { ...defaultsOf(fields), ...Object.fromEntries(derived), ...config } as Filled<Table>;
}

/** Runs even if some fields are wrong, so that one reading reports everything: only rules on sound fields are checked. */
function checkRules(
  config: Readonly<Record<string, unknown>>,
  { rules, context }: { readonly rules: readonly ConfigRule[]; readonly context: z.RefinementCtx },
): void {
  const wrong = new Set(context.issues.map(({ path }) => path?.[0]));
  const isSound = ({ field, with: others }: ConfigRule) =>
    ![field, ...others].some((name) => wrong.has(name));
  for (const { field, with: others, broken } of rules.filter(isSound)) {
    const found = broken(config);
    const faults = typeof found === 'string' ? [{ path: [], message: found }] : (found ?? []);
    for (const { message, path } of faults) {
      context.addIssue({
        code: 'custom',
        path: [field],
        message,
        params: { at: path, with: others },
      });
    }
  }
}
