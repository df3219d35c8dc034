const PARQUET_FIELD = /\b(?:required|optional|repeated)\s+\w+\s+([^\s;=]+)/gi;

/**
 * Returns the names of the columns in the fileSchema of a manifest. A column whose type is nested counts as one.
 * - CSV: `Bucket, Key, Size`
 * - ORC: `struct<bucket:string,...>`
 * - Parquet: `message s3.inventory { required binary bucket (UTF8); ... }`
 */
export function schemaFields(fileSchema: string): string[] {
  const schema = fileSchema.trim();
  const struct = /^struct<(.*)>$/s.exec(schema)?.[1];
  if (struct !== undefined) {
    const fields = withoutNested(struct, /<[^<>]*>|\([^()]*\)/g).split(',');
    return fields.map((field) => field.split(':')[0]?.trim() ?? '');
  }
  const message = /^message\b[^{]*\{(.*)$/s.exec(schema)?.[1];
  if (message !== undefined) {
    const fields = withoutNested(message, /\{[^{}]*\}|\([^()]*\)/g).matchAll(PARQUET_FIELD);
    return Array.from(fields, ([, name]) => name ?? '');
  }
  return schema.split(',').map((field) => field.trim());
}

/** Removes the innermost brackets until none are left, so that a nested type counts as one column. */
function withoutNested(schema: string, brackets: RegExp): string {
  const shorter = schema.replace(brackets, ' ');
  return shorter === schema ? schema : withoutNested(shorter, brackets);
}
