import type { PYTHON_FIELDS } from '../../config/fields/python.js';
import { each, matches, VALUE } from './variable.js';
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
      each({
        condition: `!can(regex("^[.][.]?(/|$)|/[.][.]?(/|$)|^/", ${VALUE}))`,
        must: 'be endings of keys, without a leading / and without . or .. as a folder',
      }),
    ],
  },
  permanent_errors: { rules: [each(matches(DOTTED, 'be names of Python classes'))] },
  outputs: {
    rules: [
      matches(
        's3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/(?:[^/*?][^*?]*)?)?',
        'be an S3 location, s3://bucket/prefix, without * and ?',
      ),
    ],
  },
  output_argument: { rules: [matches(NAME, 'be the name of an argument')] },
} as const satisfies Readonly<Partial<Record<keyof typeof PYTHON_FIELDS, Extra>>>;
