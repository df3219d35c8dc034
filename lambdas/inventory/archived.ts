/** Storage classes whose objects S3 cannot read until they are restored. GLACIER_IR is not one of them. */
const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE'];
/** The same for the access tiers of Intelligent-Tiering, with both of the names that AWS gives them. */
const ARCHIVE_TIERS = ['ARCHIVE', 'ARCHIVE_ACCESS', 'DEEP_ARCHIVE', 'DEEP_ARCHIVE_ACCESS'];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  storage_class: ARCHIVES,
  intelligent_tiering_access_tier: ARCHIVE_TIERS,
};

/**
 * Returns the SQL condition for the objects of a report that S3 cannot read. Undefined if the report does not have
 * the columns that say it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/archived-objects.html
 */
export function archivedCondition(columns: readonly string[]): string | undefined {
  const known = columns.filter((column) => column in VALUES);
  if (known.length === 0) return undefined;
  const conditions = known.map((column) => {
    const values = (VALUES[column] ?? []).map((value) => `'${value}'`).join(', ');
    return `coalesce(upper("${column}") IN (${values}), false)`;
  });
  return `(${conditions.join(' OR ')})`;
}
