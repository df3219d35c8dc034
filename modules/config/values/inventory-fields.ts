import { FieldError } from './error.js';
import { suggestion } from './nearest.js';

/**
 * Columns that S3 Inventory is known to have, for suggestions. S3 adds others from time to time, so any name is allowed. Named as in Athena's documentation.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-athena-query.html
 */
export const INVENTORY_FIELDS = [
  'bucket',
  'key',
  'version_id',
  'is_latest',
  'is_delete_marker',
  'size',
  'last_modified_date',
  'e_tag',
  'storage_class',
  'is_multipart_uploaded',
  'replication_status',
  'encryption_status',
  'object_lock_retain_until_date',
  'object_lock_mode',
  'object_lock_legal_hold_status',
  'intelligent_tiering_access_tier',
  'bucket_key_status',
  'checksum_algorithm',
  'object_access_control_list',
  'object_owner',
  'lifecycle_expiration_date',
  'intelligent_tiering_reference_date',
  'object_lock_event_hold_status',
  'object_lock_event_hold_duration',
] as const;

/** The first columns of most inventories of current versions; a CSV table ignores any further columns. */
export const DEFAULT_INVENTORY_FIELDS: readonly string[] = [
  'bucket',
  'key',
  'size',
  'last_modified_date',
];

/** The names of columns: what Glue, Athena and SQL in quotes accept, and S3 Inventory uses. */
export const COLUMN_PATTERN = '[a-z][a-z0-9_]{0,254}';

/** The name of the table's partitions, which no column can have. */
export const PARTITION_KEY = 'dt';

/**
 * The replacements that turn a field of a fileSchema into a column, before it is set in lower case:
 * `LastModifiedDate` -> `Last_Modified_Date`, `ETag` -> `E_Tag`. lambdas/inventory/inventory.ts has the same.
 */
export const WORD_BREAKS = ['([a-z0-9])([A-Z])', '([A-Z])([A-Z][a-z])'] as const;

/** Returns the column of a field that is written as in fileSchema (`LastModifiedDate`) or as a column. Throws FieldError. */
export function parseInventoryField(value: string): string {
  const column = columnOf(value);
  if (column === PARTITION_KEY) throw new FieldError("is the name of the table's partitions");
  if (new RegExp(`^${COLUMN_PATTERN}$`).test(column)) return column;
  throw new FieldError(
    `cannot be a column: a name is a letter, then up to 254 letters, digits and _${suggestion(column, INVENTORY_FIELDS)}`,
  );
}

function columnOf(field: string): string {
  const words = WORD_BREAKS.reduce(
    (text, ends) => text.replace(new RegExp(ends, 'g'), '$1_$2'),
    field,
  );
  return words.toLowerCase();
}
