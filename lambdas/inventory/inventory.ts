import { ConfigurationError } from '../runtime/errors.js';
import { withoutTrailingSlashes } from '../runtime/text.js';

/** `listing-*` is a single object with one key per line, used instead of an S3 Inventory. */
export type InventoryFormat = 'csv' | 'orc' | 'parquet' | 'listing-csv' | 'listing-text';

export interface Inventory {
  /** `s3://bucket/prefix/source-bucket/config-id` without a trailing slash, or the href of a listing; locally a path. */
  readonly location: string;
  readonly format: InventoryFormat;
  /** Column names in the order of the report's fileSchema, in snake case as in ORC, Parquet and the Glue table. */
  readonly columns: readonly string[];
  /** The report to read, as YYYY-MM-DD-HH-MM, if the location names one. */
  readonly pinnedDt?: string;
}

export interface InventoryConfig {
  /** May end with `/hive` or `/hive/dt=...`. */
  readonly location: string;
  /** csv, orc or parquet, in upper or lower case. Ignored for a listing. */
  readonly format: string;
  /** Comma-separated column names, as in the report's manifest (`LastModifiedDate`) or in snake case. */
  readonly fields: string;
}

const FORMATS = { csv: 'csv', orc: 'orc', parquet: 'parquet' } as const;
const COLUMN = /^[a-z][a-z0-9_]{0,254}$/;
// The table is partitioned by `dt`, and Glue refuses a second column of that name.
const PARTITION = 'dt';
const DT = /\/dt=(\d{4}-\d\d-\d\d-\d\d-\d\d)$/;

/** Parses the inventory settings. Throws ConfigurationError. */
export function parseInventory({ location, format, fields }: InventoryConfig): Inventory {
  const trimmed = withoutTrailingSlashes(location);
  if (isListing(trimmed)) {
    const text = /\.txt(\.gz)?$/i.test(trimmed);
    return {
      location: trimmed,
      format: text ? 'listing-text' : 'listing-csv',
      columns: ['key'],
    };
  }
  const dt = DT.exec(trimmed)?.[1];
  return {
    location: trimmed.replace(DT, '').replace(/\/hive$/, ''),
    format: parseFormat(format),
    columns: parseColumns(fields.split(',')),
    ...(dt !== undefined && { pinnedDt: dt }),
  };
}

/** Returns true if the location is a listing: its name ends in .csv, .csv.gz, .txt or .txt.gz. */
export function isListing(location: string): boolean {
  return /\.(csv|txt)(\.gz)?$/i.test(location);
}

/** Returns S3's name of a field in ORC and Parquet: `ETag` -> `e_tag`, `LastModifiedDate` -> `last_modified_date`. */
export function columnName(field: string): string {
  return field
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

function parseFormat(format: string): InventoryFormat {
  const name = format.toLowerCase();
  if (name in FORMATS) return FORMATS[name as keyof typeof FORMATS];
  throw new ConfigurationError(`inventory_format must be csv, orc or parquet (given '${format}')`);
}

/** Says what is wrong with the columns of a report: "contains ...", "names ..." or "must ...". Undefined if nothing is. */
export function columnsFault(fields: readonly string[]): string | undefined {
  const columns = fields.map(columnName);
  const odd = columns.find((column) => !COLUMN.test(column));
  if (odd !== undefined) {
    return `contains '${odd}', which cannot be a column: a name is a letter, then up to 254 letters, digits and _`;
  }
  if (columns.includes(PARTITION)) {
    return `contains '${PARTITION}', which is the name of the table's partitions`;
  }
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) return `names ${twice} twice`;
  return columns.includes('key') ? undefined : `must contain Key (given '${fields.join(', ')}')`;
}

function parseColumns(fields: readonly string[]): string[] {
  const fault = columnsFault(fields);
  if (fault !== undefined) throw new ConfigurationError(`inventory_fields ${fault}`);
  return fields.map(columnName);
}
