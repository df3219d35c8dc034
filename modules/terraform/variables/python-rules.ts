import type { PYTHON_FIELDS } from '../../config/fields/python.js';
import { S3_LOCATION } from './ingestion-rules.js';
import { eachText, matches, VALUE } from './variable.js';
import type { Extra, Rule } from './variable.js';

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
const DOTTED = `${NAME}(?:\\.${NAME})*`;

const WITH_FUNCTION: Rule = {
  condition: 'var.python_function != null',
  must: 'be null without python_function',
};

export const PATTERN_LENGTH = matches('.{1,256}', 'have 1 to 256 characters');

/** What the variables of the keys of Python have beyond their rows in the table of config keys. */
export const PYTHON_EXTRAS = {
  python_function: {
    rules: [
      matches(`create_item\\.py|${DOTTED}:${NAME}`, 'be create_item.py or package.module:function'),
      {
        condition: 'var.image_uri != null',
        must: 'be given with image_uri: the package is in the image',
      },
    ],
  },
  python_arguments: {
    type: 'any',
    rules: [
      {
        condition: `can(keys(${VALUE})) && length(jsonencode(${VALUE})) <= 1500`,
        must: 'be an object with at most 1500 characters as JSON',
      },
      {
        condition: `var.outputs == null || !contains(try(keys(${VALUE}), []), var.output_argument)`,
        must: 'not have the argument that output_argument names, in which the function gets the folder for outputs',
      },
    ],
  },
  granule_pattern: {
    rules: [
      PATTERN_LENGTH,
      WITH_FUNCTION,
      {
        condition: 'length(var.source_locations) > 0',
        must: 'be null without source_locations: its first bucket is the one of the keys',
      },
    ],
  },
  granule_files: {
    rules: [
      eachText({
        condition: `!can(regex("^[.][.]?(/|$)|/[.][.]?(/|$)|^/", ${VALUE}))`,
        must: 'be endings of keys, without a leading / and without . or .. as a folder',
      }),
    ],
  },
  granule_seconds: {
    rules: [
      {
        condition: `var.python_function == null || ${VALUE} * 2 < var.timeout_seconds`,
        must: 'be less than half of timeout_seconds',
      },
    ],
  },
  permanent_errors: { rules: [eachText(matches(DOTTED, 'be names of Python classes'))] },
  outputs: { rules: [S3_LOCATION] },
  output_argument: { rules: [matches(NAME, 'be the name of an argument')] },
} as const satisfies Readonly<Partial<Record<keyof typeof PYTHON_FIELDS, Extra>>>;
