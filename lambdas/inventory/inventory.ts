import { ConfigurationError } from '../runtime/errors.js';
import { withoutTrailingSlashes } from '../runtime/text.js';

/** `listing-*`: one object that holds a key per line instead of an S3 Inventory. */
export type InventoryFormat = 'csv' | 'orc' | 'parquet' | 'listing-csv' | 'listing-text';

export interface Inventory {
  /** `s3://bucket/prefix/source-bucket/config-id` without a slash at its end, or the listing object; locally a path. */
  readonly location: string;
  readonly format: InventoryFormat;
  /** In the order of the report's fileSchema, in snake case as ORC, Parquet and the Glue table name them. */
  readonly columns: readonly string[];
  /** The one report to read, `YYYY-MM-DD-HH-MM`, where the location names it. */
  readonly pinnedDt?: string;
}

export interface InventoryConfig {
  /** With or without `/hive` or `/hive/dt=...` at its end. */
  readonly location: string;
  /** csv, orc or parquet in any case; not looked at for a listing. */
  readonly format: string;
  /** Names as in the report's manifest (`LastModifiedDate`) or in snake case, with commas between. */
  readonly fields: string;
}

const FORMATS = { csv: 'csv', orc: 'orc', parquet: 'parquet' } as const;
const DT = /\/dt=(\d{4}-\d\d-\d\d-\d\d-\d\d)$/;

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

/** Recognizes a listing by the ending of its name; anything else is the folder of an inventory. */
export function isListing(location: string): boolean {
  return /\.(csv|txt)(\.gz)?$/i.test(location);
}

/** `ETag` -> `e_tag`, `LastModifiedDate` -> `last_modified_date`: what S3 calls the same field in ORC and Parquet. */
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
  throw new ConfigurationError(`inventory_format is csv, orc or parquet (given '${format}')`);
}

function parseColumns(fields: readonly string[]): string[] {
  const columns = fields.map(columnName);
  const odd = columns.find((column) => !/^[a-z][a-z0-9_]*$/.test(column));
  if (odd !== undefined) {
    throw new ConfigurationError(
      `inventory_fields holds '${odd}', which is not a field of S3 Inventory`,
    );
  }
  if (!columns.includes('key')) {
    throw new ConfigurationError(`inventory_fields must hold Key (given '${fields.join(', ')}')`);
  }
  return columns;
}
