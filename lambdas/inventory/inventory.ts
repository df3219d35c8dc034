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

function parseColumns(fields: readonly string[]): string[] {
  const columns = fields.map(columnName);
  const odd = columns.find((column) => !/^[a-z][a-z0-9_]*$/.test(column));
  if (odd !== undefined) {
    throw new ConfigurationError(
      `inventory_fields contains '${odd}', which is not a field of S3 Inventory`,
    );
  }
  if (!columns.includes('key')) {
    throw new ConfigurationError(
      `inventory_fields must contain Key (given '${fields.join(', ')}')`,
    );
  }
  return columns;
}
