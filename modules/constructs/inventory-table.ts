import type { GlueCatalogTableConfig } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Fn, Op, Token } from 'cdktf';
import { PARTITION_KEY } from '../config/values/inventory-fields.js';

/** A Hive table whose folder holds symlink.txt files, which name the data files. */
export interface InventoryTable extends TableForm {
  /** Folder of the symlink.txt files, with a trailing slash. Athena reads every object in it. */
  readonly location: string;
}

/** Columns, partitions and format of a table. */
export interface TableForm {
  readonly serDe: SerDe;
  /** Columns, in the order of the files. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** `dt` if the folder holds one folder `dt=...` for each report. */
  readonly partitionKey?: string;
}

export type InventoryFormat = 'csv' | 'orc' | 'parquet' | 'text';

type StorageDescriptor = NonNullable<GlueCatalogTableConfig['storageDescriptor']>;

type SerDe = NonNullable<StorageDescriptor['serDeInfo']>;

export const SERDES: Readonly<Record<InventoryFormat, SerDe>> = {
  csv: {
    serializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
    parameters: { separatorChar: ',', quoteChar: '"' },
  },
  orc: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.orc.OrcSerde' },
  parquet: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
  // Keys may hold commas, so fields are separated only by Hive's own control character, and a line is one field.
  text: { serializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' },
};

/**
 * Types of the columns of ORC and Parquet that are not strings.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-athena-query.html
 */
export const COLUMN_TYPES: Readonly<Record<string, string>> = {
  size: 'bigint',
  is_latest: 'boolean',
  is_delete_marker: 'boolean',
  is_multipart_uploaded: 'boolean',
  last_modified_date: 'timestamp',
  object_lock_retain_until_date: 'bigint',
};

/**
 * S3 Inventory exists since December 2016. Partitions are minutes, because a report may come at any time of the day.
 */
const PROJECTION = {
  'projection.enabled': 'true',
  'projection.dt.type': 'date',
  'projection.dt.format': 'yyyy-MM-dd-HH-mm',
  'projection.dt.range': '2016-12-01-00-00,NOW',
  'projection.dt.interval': '1',
  'projection.dt.interval.unit': 'MINUTES',
};

/** @param reports whether the folder holds one folder `dt=...` for each report */
export function tableForm(
  format: InventoryFormat,
  { fields, reports }: { readonly fields: readonly string[]; readonly reports: boolean },
): TableForm {
  return {
    serDe: SERDES[format],
    columns: fields.map((name) => ({ name, type: typeOf(name, format) })),
    ...(reports && { partitionKey: PARTITION_KEY }),
  };
}

/** Returns all properties of the Glue table except its name and database. */
export function glueTable({
  serDe,
  columns,
  location,
  partitionKey,
}: InventoryTable): Omit<GlueCatalogTableConfig, 'name' | 'databaseName'> {
  return {
    tableType: 'EXTERNAL_TABLE',
    parameters: parametersOf(partitionKey),
    ...(partitionKey !== undefined && { partitionKeys: [{ name: partitionKey, type: 'string' }] }),
    storageDescriptor: {
      location,
      inputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat',
      serDeInfo: serDe,
      columns: [...columns],
    },
  };
}

function parametersOf(partitionKey: string | undefined): Record<string, string> {
  const always = { EXTERNAL: 'TRUE' };
  if (partitionKey === undefined) return always;
  if (!Token.isUnresolved(partitionKey)) return { ...always, ...PROJECTION };
  // A reference is null if there are no reports.
  const isPartitioned = Op.eq(partitionKey, PARTITION_KEY);
  return Token.asStringMap(Fn.merge([always, Fn.conditional(isPartitioned, PROJECTION, {})]));
}

/** In CSV, an empty size or flag is "", which only a string column accepts: queries have to cast. */
function typeOf(field: string, format: InventoryFormat): string {
  return TEXT_FORMATS.includes(format) ? 'string' : (COLUMN_TYPES[field] ?? 'string');
}

/** Formats in which every column is a string. */
export const TEXT_FORMATS: readonly InventoryFormat[] = ['csv', 'text'];
