import { FieldError } from './error.js';
import { suggestion } from './nearest.js';

/**
 * The columns that an inventory may have, named as in Athena's documentation.
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

/** The first columns of most inventories of current versions; a CSV table ignores any further columns. */
export const DEFAULT_INVENTORY_FIELDS: readonly string[] = [
  'bucket',
  'key',
  'size',
  'last_modified_date',
];

const KNOWN: ReadonlySet<string> = new Set(INVENTORY_FIELDS);

/** Returns the column of a field that is written as in fileSchema (`LastModifiedDate`) or as a column. Throws FieldError. */
export function parseInventoryField(value: string): string {
  const column = value.replace(/(?<!^)(?=[A-Z])/g, '_').toLowerCase();
  if (KNOWN.has(column)) return column;
  throw new FieldError(`is not an S3 Inventory field${suggestion(column, INVENTORY_FIELDS)}`);
}
