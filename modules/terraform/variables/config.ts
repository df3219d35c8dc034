import { CONFIG_FIELDS, sentencesOf } from '../../config/fields.js';
import type { ConfigKey } from '../../config/fields.js';
import type { Field, Fields } from '../../config/fields/field.js';
import { BACKFILL_EXTRAS } from './backfill-rules.js';
import { INGESTION_EXTRAS } from './ingestion-rules.js';
import { PYTHON_EXTRAS } from './python-rules.js';
import { oneOf, VALUE, wholeNumber } from './variable.js';
import type { Extra, Rule, Variable } from './variable.js';

/** What the variables of some keys have beyond the row in the table of config keys: rules in Terraform's language. */
const EXTRAS: Readonly<Partial<Record<string, Extra>>> = {
  ...INGESTION_EXTRAS,
  ...BACKFILL_EXTRAS,
  ...PYTHON_EXTRAS,
  batch_size: {
    rules: [
      {
        condition: `${VALUE} <= 10 || var.batch_window_seconds >= 1`,
        must: 'be 10 at most while batch_window_seconds is 0',
      },
    ],
  },
};

const TYPES: Readonly<Record<Field['kind'], string>> = {
  number: 'number',
  boolean: 'bool',
  choice: 'string',
  text: 'string',
  list: 'list(string)',
  mapping: 'map(string)',
};

/** The Terraform variables of config keys, derived from their rows. */
export function configVariables<Table extends Fields>(
  fields: Table,
): Readonly<Record<keyof Table, Variable>> {
  const entries = Object.entries(fields).map(([key, field]) => [
    key,
    variableOf(field, EXTRAS[key]),
  ]);
  return Object.fromEntries(entries) as Record<keyof Table, Variable>;
}

export const CONFIG_VARIABLES: Readonly<Record<ConfigKey, Variable>> =
  configVariables(CONFIG_FIELDS);

/** The same variable without a default. */
export function required(key: ConfigKey): Variable {
  return variableOf({ ...CONFIG_FIELDS[key], required: true }, EXTRAS[key]);
}

function variableOf(field: Field, extra: Extra = {}): Variable {
  const rules = [...rulesOf(field), ...(extra.rules ?? [])];
  return {
    type: extra.type ?? TYPES[field.kind],
    description: descriptionOf(field, extra),
    ...(field.required ? {} : { default: field.default ?? null }),
    ...(rules.length > 0 ? { rules } : {}),
  };
}

/** The rules of numbers and words; those of other kinds have to be written in Terraform's language, in EXTRAS. */
function rulesOf(field: Field): readonly Rule[] {
  if (field.kind === 'choice') return [oneOf(field.values)];
  if (field.kind !== 'number') return [];
  if (!('values' in field)) return [wholeNumber(field)];
  const list = field.values.join(', ');
  return [{ condition: `contains([${list}], ${VALUE})`, must: `be one of ${list}` }];
}

function descriptionOf(field: Field, { says, note }: Extra): string {
  const sentences = [says ?? sentencesOf(field)];
  if (note !== undefined) sentences.push(note);
  if (!field.required && field.default === undefined) {
    sentences.push(`Null: ${field.defaultFrom?.says ?? field.unset ?? 'none'}.`);
  }
  return sentences.join(' ').replaceAll('`', '');
}
