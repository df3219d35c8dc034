import { CONFIG_DEFAULTS } from '../../config/defaults.js';
import { INVENTORY_FIELDS } from '../../config/values/inventory-fields.js';
import { OTHER_FILE, PART_OF_REPORT } from '../../config/values/inventory-location.js';
import { each, matches, oneOf, VALUE, wholeNumber } from './variable.js';
import type { Variable } from './variable.js';

/** One object that lists keys, by its location. */
export const LISTING = '\\\\.(csv|txt)(\\\\.gz)?$';
const TEXT_LISTING = '\\\\.txt(\\\\.gz)?$';

const BUCKET = 's3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]';
const LOCATION = `${BUCKET}/(?:[^*?]+\\.(?:csv|txt)(?:\\.gz)?|(?:[^/*?]+/)+[^/*?]+/?)`;

/** Whether a pattern of config.yaml's own rules is found in the value; RE2 takes these as they are, flags in front. */
function contains({ source, ignoreCase }: RegExp): string {
  const pattern = `${ignoreCase ? '(?i)' : ''}${source.replaceAll('\\/', '/')}`;
  return `can(regex("${pattern.replaceAll('\\', '\\\\')}", ${VALUE}))`;
}

function isListing(pattern: string): string {
  return `can(regex("${pattern}", coalesce(var.inventory_location, "none")))`;
}

/** What is known of an inventory and of the backfill from it, by the keys in config.yaml. */
export const BACKFILL_VARIABLES = {
  inventory_location: {
    type: 'string',
    description: 'S3 Inventory, or one file that lists keys.',
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
        must: 'be an inventory or a listing, and no other file',
      },
    ],
  },
  inventory_format: {
    type: 'string',
    description: 'Format of the inventory.',
    default: CONFIG_DEFAULTS.inventory_format,
    rules: [
      oneOf(['csv', 'orc', 'parquet']),
      {
        condition: `${VALUE} == "csv" || !${isListing(LISTING)}`,
        must: 'be csv while inventory_location is one file that lists keys',
      },
    ],
  },
  inventory_fields: {
    type: 'list(string)',
    description:
      "Columns in the order of the manifest's fileSchema, as last_modified_date. Null: bucket, key, size and last_modified_date, or of a listing key.",
    default: null,
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
  max_scan_gb: {
    type: 'number',
    description: 'The most that one query may scan, in 10^9 bytes.',
    default: CONFIG_DEFAULTS.max_scan_gb,
    rules: [wholeNumber({ min: 1, max: 1e6, unit: 'gigabytes' })],
  },
  requester_pays: {
    type: 'bool',
    description: 'Whether reading is paid for by the own account.',
    default: CONFIG_DEFAULTS.requester_pays,
  },
  initial_chunk: {
    type: 'string',
    description: 'First chunk of the backfill; needed with historic_frequency above 0.',
    default: null,
    rules: [
      {
        condition: `length(trimspace(${VALUE})) > 0 && trimspace(${VALUE}) == ${VALUE}`,
        must: 'be text without blanks at its ends',
      },
      {
        condition:
          `!can(regex("^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$", ${VALUE})) || ` +
          `can(formatdate("YYYY", "\${${VALUE}}T00:00:00Z"))`,
        must: 'be a day of the calendar, as 2022-04-20, where it looks like one',
      },
    ],
  },
  max_queue_depth: {
    type: 'number',
    description: 'The backfill pauses while the queue holds more messages. Null: no limit.',
    default: null,
    rules: [wholeNumber({ min: 1, max: 1e9, unit: 'messages' })],
  },
} as const satisfies Readonly<Record<string, Variable>>;

/** Hours between two chunks; with `initial_chunk` from 1 on. */
export const HISTORIC_FREQUENCY = {
  type: 'number',
  description:
    'Hours between two chunks of the backfill; 0: everything once, after the deployment.',
  rules: [
    wholeNumber({ min: 0, max: 8760, unit: 'hours' }),
    {
      condition: `${VALUE} == 0 || var.initial_chunk != null`,
      must: 'be 0 while there is no initial_chunk to start with',
    },
    {
      // Asked here: two variables that ask for each other are a cycle.
      condition: `coalesce(${VALUE}, 0) > 0 || var.initial_chunk == null`,
      must: 'be above 0 while there is an initial_chunk: without chunks everything is read at once',
      ofNull: true,
    },
  ],
} as const satisfies Variable;
