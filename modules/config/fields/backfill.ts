import { parseInitialChunk } from '../values/initial-chunk.js';
import { DEFAULT_INVENTORY_FIELDS, parseInventoryField } from '../values/inventory-fields.js';
import { parseInventoryLocation } from '../values/inventory-location.js';
import { checked } from './types.js';
import type { DefaultSource, Fields } from './field.js';

const HOURS_PER_YEAR = 8760;
const NEEDS_INVENTORY = { inventory_location: 'without an inventory it has no effect' } as const;

export const BACKFILL_FIELDS = {
  inventory_location: {
    kind: 'text',
    parse: checked(parseInventoryLocation),
    needs: { historic_frequency: '0 reads everything once, n reads a chunk every n hours' },
    unset: 'no backfill',
    says: 'the S3 Inventory of existing granules, or one file that lists their keys',
    allowed:
      '`s3://destination/prefix/bucket/config-id`, optionally with `/hive` and `/dt=YYYY-MM-DD-HH-MM` ' +
      'behind it for one report; or an object that ends in `.csv`, `.csv.gz`, `.txt` or `.txt.gz`',
  },
  historic_frequency: {
    kind: 'number',
    min: 0,
    max: HOURS_PER_YEAR,
    unit: 'hours',
    needs: { inventory_location: 'there is nothing to read existing granules from' },
    unset: 'no backfill',
    says: 'the hours between two chunks of the backfill',
    note: '0 reads everything once, after the deployment.',
  },
  initial_chunk: {
    kind: 'text',
    parse: parseInitialChunk,
    needs: { historic_frequency: 'without a backfill there is no first chunk' },
    says: 'the first chunk of the backfill',
    note: 'Required when historic_frequency is above 0, not allowed when it is 0.',
    allowed:
      'any text that `nextChunk` of historic.ts understands; a date must exist, and `2022-4-20` becomes `2022-04-20`',
  },
  inventory_format: {
    kind: 'choice',
    values: ['csv', 'orc', 'parquet'],
    default: 'csv',
    needs: NEEDS_INVENTORY,
    says: 'the format of the inventory',
    note: 'A file that lists keys is csv.',
  },
  inventory_fields: {
    kind: 'list',
    parse: parseInventoryField,
    of: 'inventory fields',
    rules: [
      { must: 'include key', holds: (fields) => fields.includes('key') },
      {
        must: 'name each field once',
        holds: (fields) => new Set(fields).size === fields.length,
      },
    ],
    defaultFrom: {
      says: '`bucket`, `key`, `size`, `last_modified_date`; `key` for a file that lists keys',
      of: defaultInventoryFields,
    },
    needs: NEEDS_INVENTORY,
    says: 'the columns of the inventory, in the order of fileSchema in its manifest',
    allowed:
      'list of the fields of fileSchema, with `key`; `LastModifiedDate` is `last_modified_date`. ' +
      'A field that S3 adds later is read as text',
  },
  read_archived: {
    kind: 'boolean',
    default: false,
    needs: NEEDS_INVENTORY,
    says: 'whether the backfill also sends objects in archives (GLACIER, DEEP_ARCHIVE), because they are restored',
    note: 'Without it they are left out and counted, if the inventory has the column storage_class.',
  },
  // Below the 120,000 messages that SQS lets be in flight at once, and those that wait for a retry are in flight.
  max_queue_depth: {
    kind: 'number',
    min: 1,
    max: 1e9,
    unit: 'messages',
    default: 100_000,
    needs: NEEDS_INVENTORY,
    says: 'the number of messages in the queue above which the backfill pauses',
    note: 'Messages that wait for a retry count too.',
  },
  // Limits the cost of a query over a huge inventory: Athena's list price for 100 GB is half a dollar.
  max_scan_gb: {
    kind: 'number',
    min: 1,
    max: 1e6,
    unit: 'gigabytes',
    default: 100,
    needs: NEEDS_INVENTORY,
    says: 'the amount of data that one inventory query may scan; a gigabyte is 10^9 bytes',
  },
} as const satisfies Fields;

function defaultInventoryFields({ inventory_location: location }: DefaultSource) {
  const listing = location !== undefined && parseInventoryLocation(location).kind === 'listing';
  return listing ? ['key'] : DEFAULT_INVENTORY_FIELDS;
}
