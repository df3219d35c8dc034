import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  writeInventory,
  type InventoryFolderOptions,
} from '../../support/backfill/inventory-folder.js';
import {
  all,
  BUCKET,
  createBucket,
  granuleCopies,
  keysOf,
  putObject,
  uploadCopies,
} from './granules.js';
import { system } from '../system/running.js';
import { FULL } from '../deployment/stacks.js';

/** Bucket of the inventory reports, as in the config.yaml of sentinel1. */
const REPORTS = 'sentinel-inventory';
export const CSV_INVENTORY = `s3://${REPORTS}/sentinel-s1-l1c/sentinel-s1-l1c-inventory`;
export const PARQUET_INVENTORY = `s3://${REPORTS}/sentinel-s1-l1c/as-parquet`;

/** Four days and therefore four chunks, the last of them first. */
const DAYS = ['2014/10/3', '2014/10/4', '2014/10/5', '2014/10/6'];
/** Granules a day. Each has seven objects: four days have 2,520 keys in the long run. */
export const PER_DAY = FULL ? 90 : 9;

export const CSV_GRANULES = DAYS.flatMap((day, index) => granuleCopies(0x30 + index, PER_DAY, day));
export const PARQUET_GRANULES = granuleCopies(0x40, DAYS.length * PER_DAY, '2015/1/1');

/** Keys with characters that are special in CSV. None is a product, though one matches the query. */
export const ODD_KEYS = [
  'GRD/2014/10/5/a b+c/"d",ü/manifest.safe',
  'GRD/2014/10/5/',
  'readme, all.txt',
];

const FIELDS = ['Bucket', 'Key', 'Size', 'LastModifiedDate'];
const DT = '2026-11-24-01-00';

/** Puts the granules into their bucket, and the reports that list all their objects into another. */
export async function seedInventories(): Promise<void> {
  await createBucket(REPORTS);
  await uploadCopies([...CSV_GRANULES, ...PARQUET_GRANULES]);
  const csv = [...CSV_GRANULES.flatMap(keysOf), ...ODD_KEYS];
  const half = Math.floor(csv.length / 2);
  await putReport(CSV_INVENTORY, 'CSV', [csv.slice(0, half), csv.slice(half)]);
  await putReport(PARQUET_INVENTORY, 'Parquet', [PARQUET_GRANULES.flatMap(keysOf)]);
}

async function putReport(
  destination: string,
  format: InventoryFolderOptions['format'],
  keys: readonly (readonly string[])[],
): Promise<void> {
  const folder = join(system.folder, 'inventories', format);
  const files = keys.map((some) => some.map(rowOf));
  await writeInventory({ folder, dt: DT, format, fields: FIELDS, files, destination });
  const prefix = destination.split('/').slice(3).join('/');
  const written = readdirSync(folder, { recursive: true, withFileTypes: true });
  await all(
    written.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
    (file) => putObject(REPORTS, `${prefix}/${file.slice(folder.length + 1)}`, readFileSync(file)),
  );
}

function rowOf(key: string) {
  const size = key.endsWith('/') ? 0 : 1;
  return { bucket: BUCKET, key, size, last_modified_date: '2026-11-24T00:00:00.000Z' };
}
