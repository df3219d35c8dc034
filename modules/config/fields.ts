import { BACKFILL_FIELDS } from './fields/backfill.js';
import { DEPLOYMENT_FIELDS } from './fields/deployment.js';
import type { Field, Fields, Filled, NumberKeyOf, Written } from './fields/field.js';
import { ALARM_FIELDS, FUNCTION_FIELDS } from './fields/functions.js';
import { OTHER_FIELDS, REQUIRED_FIELDS, SOURCE_FIELDS, TOPIC_FIELDS } from './fields/ingestion.js';
import { PYTHON_FIELDS } from './fields/python.js';

/** The keys of every pipeline, in Python or not. */
export const MODULE_FIELDS = {
  ...REQUIRED_FIELDS,
  ...SOURCE_FIELDS,
  ...TOPIC_FIELDS,
  ...BACKFILL_FIELDS,
  ...FUNCTION_FIELDS,
  ...ALARM_FIELDS,
  ...OTHER_FIELDS,
} as const satisfies Fields;

/**
 * The table of config keys: the schema, the defaults, the Terraform variables of terraform-modules/ and docs/config.md
 * are derived from it. A new key is one row in one of these groups.
 */
export const CONFIG_FIELDS = {
  ...MODULE_FIELDS,
  ...PYTHON_FIELDS,
  ...DEPLOYMENT_FIELDS,
} as const satisfies Fields;

export type ConfigKey = keyof typeof CONFIG_FIELDS;
export const CONFIG_KEYS = Object.keys(CONFIG_FIELDS) as readonly ConfigKey[];

/** The keys of the numbers, which constructs take as settings of the same names. */
export type NumberKey = NumberKeyOf<typeof MODULE_FIELDS>;

/** The keys that only a config.yaml can have: they say which pipeline it is. */
export const OWN_KEYS = ['id', 'compute'] as const satisfies readonly ConfigKey[];

/** The keys that environments/<PROJECT>.yaml may give for one pipeline. */
export const PIPELINE_KEYS: readonly ConfigKey[] = CONFIG_KEYS.filter(
  (key) => !OWN_KEYS.some((own) => own === key),
);

/** The keys that environments/<PROJECT>.yaml may give for all pipelines. */
export const SHARED_KEYS: readonly ConfigKey[] = CONFIG_KEYS.filter((key) => {
  const field: Field = CONFIG_FIELDS[key];
  return field.shared ?? field.kind === 'number';
});

/** The content of a config.yaml. */
export type WrittenConfig = Written<typeof CONFIG_FIELDS>;

/** The content of a config.yaml after the defaults are filled in. */
export type PipelineConfig = Filled<typeof CONFIG_FIELDS>;

/** The keys of the numbers in a table. */
export function numberKeys<Table extends Fields>(fields: Table): readonly NumberKeyOf<Table>[] {
  const entries = Object.entries(fields).filter(([, { kind }]) => kind === 'number');
  return entries.map(([key]) => key as NumberKeyOf<Table>);
}

/** The phrase that describes a key, with its notes, as sentences. */
export function sentencesOf({ says, note }: Field): string {
  const sentence = `${says.charAt(0).toUpperCase()}${says.slice(1)}.`;
  return note === undefined ? sentence : `${sentence} ${note}`;
}
