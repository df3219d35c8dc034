import type { BACKFILL_FIELDS } from '../../config/fields/backfill.js';
import {
  COLUMN_PATTERN,
  PARTITION_KEY,
  WORD_BREAKS,
} from '../../config/values/inventory-fields.js';
import { OTHER_FILE, PART_OF_REPORT } from '../../config/values/inventory-location.js';
import { matches, VALUE } from './variable.js';
import type { Extra } from './variable.js';

/** Matches the location of one object that lists keys. */
export const LISTING = '\\\\.(csv|txt)(\\\\.gz)?$';
const TEXT_LISTING = '\\\\.txt(\\\\.gz)?$';

const BUCKET = 's3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]';
const LOCATION = `${BUCKET}/(?:[^*?]+\\.(?:csv|txt)(?:\\.gz)?|(?:[^/*?]+/)+[^/*?]+/?)`;

/** A condition that is true if a pattern of config.yaml is found in the value. RE2 takes these patterns as they are. */
function contains({ source, ignoreCase }: RegExp): string {
  const pattern = `${ignoreCase ? '(?i)' : ''}${source.replaceAll('\\/', '/')}`;
  return `can(regex("${pattern.replaceAll('\\', '\\\\')}", ${VALUE}))`;
}

function isListing(pattern: string): string {
  return `can(regex("${pattern}", coalesce(var.inventory_location, "none")))`;
}

/** The columns of a list of fields that are written as in fileSchema or as columns, as parseInventoryField has them. */
export function columnsOf(fields: string): string {
  const words = WORD_BREAKS.reduce(
    // A dollar sign is doubled in a quoted template.
    (text, ends) => `replace(${text}, "/${ends}/", "$\${1}_$\${2}")`,
    'field',
  );
  return `[for field in ${fields} : lower(${words})]`;
}

const COLUMNS = columnsOf(VALUE);

/** What the variables of the backfill's keys have beyond their rows in the table of config keys. */
export const BACKFILL_EXTRAS = {
  inventory_location: {
    rules: [
      matches(
        LOCATION,
        'be an inventory, s3://destination/prefix/bucket/config-id, or a listing that ends in .csv, .csv.gz, .txt or .txt.gz',
      ),
      {
        condition: `!${contains(PART_OF_REPORT)}`,
        must: 'be the folder of the inventory, not a part of it',
      },
      {
        condition: `${isListing(LISTING)} || !${contains(OTHER_FILE)}`,
        must: 'be an inventory or a listing, not another file',
      },
    ],
  },
  inventory_format: {
    rules: [
      {
        condition: `${VALUE} == "csv" || !${isListing(LISTING)}`,
        must: 'be csv while inventory_location is one file that lists keys',
      },
    ],
  },
  inventory_fields: {
    rules: [
      {
        condition: `try(alltrue([for column in ${COLUMNS} : can(regex("^${COLUMN_PATTERN}$", column))]), false)`,
        must: 'each be a letter, then up to 254 letters, digits and _',
      },
      {
        condition: `try(contains(${COLUMNS}, "key") && length(distinct(${COLUMNS})) == length(${VALUE}), true)`,
        must: 'name key, and each field once',
      },
      {
        condition: `try(!contains(${COLUMNS}, "${PARTITION_KEY}"), true)`,
        must: `not name ${PARTITION_KEY}: this is the name of the table's partitions`,
      },
      {
        condition: `!${isListing(TEXT_LISTING)}`,
        must: 'be null while inventory_location is a text file with one key per line',
      },
    ],
  },
  initial_chunk: {
    rules: [
      {
        condition: `length(trimspace(${VALUE})) > 0 && trimspace(${VALUE}) == ${VALUE}`,
        must: 'not be empty, and not start or end with a space',
      },
      {
        condition:
          `!can(regex("^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$", ${VALUE})) || ` +
          `can(formatdate("YYYY", "\${${VALUE}}T00:00:00Z"))`,
        must: 'be a day of the calendar, such as 2022-04-20, if it looks like a date',
      },
    ],
  },
  historic_frequency: {
    rules: [
      {
        condition: `${VALUE} == 0 || var.initial_chunk != null`,
        must: 'be 0 while there is no initial_chunk to start with',
      },
      {
        // This rule stands here because two variables that refer to each other are a cycle.
        condition: `coalesce(${VALUE}, 0) > 0 || var.initial_chunk == null`,
        must: 'be above 0 while there is an initial_chunk: 0 reads everything in one go',
        ofNull: true,
      },
    ],
  },
} as const satisfies Partial<Record<keyof typeof BACKFILL_FIELDS, Extra>>;
