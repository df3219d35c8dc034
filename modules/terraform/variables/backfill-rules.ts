import type { BACKFILL_FIELDS } from '../../config/fields/backfill.js';
import { INVENTORY_FIELDS } from '../../config/values/inventory-fields.js';
import { OTHER_FILE, PART_OF_REPORT } from '../../config/values/inventory-location.js';
import { each, matches, oneOf, VALUE } from './variable.js';
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
      each(oneOf(INVENTORY_FIELDS)),
      {
        condition: `contains(${VALUE}, "key") && length(distinct(${VALUE})) == length(${VALUE})`,
        must: 'name key, and each field once',
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
