import type { GlueCatalogTableConfig } from '@cdktf/provider-aws/lib/glue-catalog-table';

/** What the queries read: a Hive table whose folders hold symlink.txt files that name the real ones. */
export interface InventoryTable {
  readonly format: InventoryFormat;
  /** Columns in the order of the files. */
  readonly fields: readonly string[];
  /** Folder of the symlink.txt files, with a slash at its end: Athena reads all of it. */
  readonly location: string;
  /** Whether the folder holds one folder `dt=...` for each report. */
  readonly reports: boolean;
}

export type InventoryFormat = 'csv' | 'orc' | 'parquet' | 'text';

type StorageDescriptor = NonNullable<GlueCatalogTableConfig['storageDescriptor']>;

const SERDES: Readonly<Record<InventoryFormat, NonNullable<StorageDescriptor['serDeInfo']>>> = {
  csv: {
    serializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
    parameters: { separatorChar: ',', quoteChar: '"' },
  },
  orc: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.orc.OrcSerde' },
  parquet: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
  // A key may hold a comma: nothing separates fields but Hive's own control character.
  text: { serializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' },
};

/**
 * Columns of ORC and Parquet that are no text.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-athena-query.html
 */
const TYPES: Readonly<Record<string, string>> = {
  size: 'bigint',
  is_latest: 'boolean',
  is_delete_marker: 'boolean',
  is_multipart_uploaded: 'boolean',
  last_modified_date: 'timestamp',
  object_lock_retain_until_date: 'bigint',
};

/** S3 Inventory began in December 2016. Minutes, since a report may come at any time of the day. */
const PROJECTION = {
  'projection.enabled': 'true',
  'projection.dt.type': 'date',
  'projection.dt.format': 'yyyy-MM-dd-HH-mm',
  'projection.dt.range': '2016-12-01-00-00,NOW',
  'projection.dt.interval': '1',
  'projection.dt.interval.unit': 'MINUTES',
};

/** Everything of the Glue table but its names. */
export function glueTable({
  format,
  fields,
  location,
  reports,
}: InventoryTable): Omit<GlueCatalogTableConfig, 'name' | 'databaseName'> {
  return {
    tableType: 'EXTERNAL_TABLE',
    parameters: { EXTERNAL: 'TRUE', ...(reports && PROJECTION) },
    ...(reports && { partitionKeys: [{ name: 'dt', type: 'string' }] }),
    storageDescriptor: {
      location,
      inputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat',
      serDeInfo: SERDES[format],
      columns: fields.map((name) => ({ name, type: typeOf(name, format) })),
    },
  };
}

/** In CSV an empty size or flag is "", which no other type bears: the query casts. */
function typeOf(field: string, format: InventoryFormat): string {
  return format === 'csv' || format === 'text' ? 'string' : (TYPES[field] ?? 'string');
}
