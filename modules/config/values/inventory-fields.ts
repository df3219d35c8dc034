import { FieldError } from './error.js';
import { nearest } from './nearest.js';

/**
 * Columns that an inventory may have, as Athena's documentation names them.
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
] as const;

/** What most inventories of current versions begin with; a CSV table ignores the columns behind its own. */
export const DEFAULT_INVENTORY_FIELDS: readonly string[] = [
  'bucket',
  'key',
  'size',
  'last_modified_date',
];

const KNOWN: ReadonlySet<string> = new Set(INVENTORY_FIELDS);

/** A field as in a manifest's fileSchema (`LastModifiedDate`) or as a column (`last_modified_date`), as a column. */
export function parseInventoryField(value: string): string {
  const column = value.replace(/(?<!^)(?=[A-Z])/g, '_').toLowerCase();
  if (KNOWN.has(column)) return column;
  throw new FieldError(
    `is no field of S3 Inventory; the nearest is ${nearest(column, INVENTORY_FIELDS)}`,
  );
}
