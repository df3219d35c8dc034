import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlString } from '../../../lambdas/inventory/query.js';
import { columnName } from '../../../lambdas/inventory/inventory.js';

/** Values under column names (`last_modified_date`), the key as S3 knows it; null is left empty. */
export type InventoryRow = Readonly<Record<string, string | number | boolean | null>>;

export interface InventoryFolderOptions {
  /** The inventory's own folder, `<prefix>/<bucket>/<config id>` in a real one. */
  readonly folder: string;
  /** `YYYY-MM-DD-HH-MM` */
  readonly dt: string;
  readonly format: 'CSV' | 'Parquet';
  /** Column names as in a manifest, for example `Key` or `LastModifiedDate`. */
  readonly fields: readonly string[];
  /** One data file for each list. */
  readonly files: readonly (readonly InventoryRow[])[];
  /** Location of the folder that symlink.txt and manifest.json name. @default a bucket that does not exist */
  readonly destination?: string;
}

const DESTINATION = 's3://inventory/prefix/bucket/config-id';
const TYPES: Readonly<Record<string, string>> = {
  size: 'BIGINT',
  last_modified_date: 'TIMESTAMP',
  is_latest: 'BOOLEAN',
  is_delete_marker: 'BOOLEAN',
};

/** Writes one report as S3 Inventory delivers it: data files, symlink.txt and manifest.json. */
export async function writeInventory(options: InventoryFolderOptions): Promise<void> {
  const { folder, dt, format, fields, files, destination = DESTINATION } = options;
  const prefix = destination.split('/').slice(3).join('/');
  const hive = join(folder, 'hive', `dt=${dt}`);
  const report = join(folder, `${dt.slice(0, 10)}T${dt.slice(11)}Z`);
  for (const path of [hive, report, join(folder, 'data')]) await mkdir(path, { recursive: true });

  const extension = format === 'CSV' ? 'csv.gz' : 'parquet';
  const names = files.map((_, index) => `data/${dt}-${index}.${extension}`);
  const sizes = await Promise.all(
    files.map((rows, index) => writeData(join(folder, names[index] ?? ''), rows, options)),
  );
  const links = names.map((name) => `${destination}/${name}`);
  await writeFile(join(hive, 'symlink.txt'), links.join('\n'));
  const manifest = {
    sourceBucket: 'bucket',
    fileFormat: format,
    fileSchema: format === 'CSV' ? fields.join(', ') : parquetSchema(fields),
    files: names.map((name, index) => ({
      key: `${prefix}/${name}`,
      size: sizes[index],
    })),
  };
  await writeFile(join(report, 'manifest.json'), JSON.stringify(manifest, null, 2));
}

/** A key in a CSV report: encoded as in a form, slashes left alone. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}

async function writeData(
  path: string,
  rows: readonly InventoryRow[],
  { format, fields }: InventoryFolderOptions,
): Promise<number> {
  const columns = fields.map(columnName);
  if (format === 'Parquet') return writeParquet(path, rows, columns);
  const bytes = gzipSync(rows.map((row) => csvLine(row, columns)).join(''));
  await writeFile(path, bytes);
  return bytes.length;
}

function csvLine(row: InventoryRow, columns: readonly string[]): string {
  const values = columns.map((column) => {
    const value = row[column] ?? '';
    return column === 'key' ? encodeKey(String(value)) : String(value);
  });
  return `${values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\n`;
}

async function writeParquet(
  path: string,
  rows: readonly InventoryRow[],
  columns: readonly string[],
): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const types = columns.map((column) => `"${column}" ${TYPES[column] ?? 'VARCHAR'}`);
  await connection.run(`CREATE TABLE report (${types.join(', ')})`);
  for (const row of rows) {
    const values = columns.map((column) => literal(row[column] ?? null));
    await connection.run(`INSERT INTO report VALUES (${values.join(', ')})`);
  }
  await connection.run(`COPY report TO ${sqlString(path)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return rows.length;
}

function literal(value: string | number | boolean | null): string {
  // SQL's text itself must not hold a NUL.
  return typeof value === 'string'
    ? sqlString(value).replaceAll('\0', "' || chr(0) || '")
    : String(value);
}

function parquetSchema(fields: readonly string[]): string {
  const columns = fields.map((field) => `  optional binary ${columnName(field)} (UTF8);`);
  return `message s3.inventory {\n${columns.join('\n')}\n}`;
}
