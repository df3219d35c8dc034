import * as z from 'zod/mini';
import { QueryError } from '../runtime/errors.js';
import { columnName, parseInventory, type Inventory } from './inventory.js';
import { readText, type ObjectReader } from './objects.js';

/** One delivery of an inventory. */
export interface InventoryReport {
  /** `YYYY-MM-DD-HH-MM`; undefined for a listing. */
  readonly dt: string | undefined;
  /** `YYYY-MM-DD` in UTC: of the report, or when the listing was written. */
  readonly inventoryDate: string;
  readonly files: number;
  /** What a query of the whole report reads of S3 at most. */
  readonly bytes: number;
}

const ManifestSchema = z.object({
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string(), size: z.number() })),
});
export type Manifest = z.infer<typeof ManifestSchema>;

const DT_FOLDER = /^dt=(\d{4}-\d\d-\d\d-\d\d-\d\d)$/;
// List price of Athena in most regions; each query counts as 10 MB at least.
// @see https://aws.amazon.com/athena/pricing/
const USD_PER_TERABYTE = 5;
const MIN_SCAN_BYTES = 10_000_000;

/** Dollars of one query over `bytes`, before any discount. */
export function scanCostUsd(bytes: number): number {
  return (Math.max(bytes, MIN_SCAN_BYTES) / 1e12) * USD_PER_TERABYTE;
}

/**
 * The report to read: `dt` where one is given, else the one that the location pins, else the newest.
 * Throws QueryError when there is none, when it is empty, or when it is not of the configured format and columns.
 */
export async function findReport(
  inventory: Inventory,
  objects: ObjectReader,
  dt = inventory.pinnedDt,
): Promise<InventoryReport> {
  if (inventory.format.startsWith('listing')) return findListing(inventory.location, objects);
  const report = dt ?? (await findNewestDt(inventory.location, objects));
  const manifest = await readManifest(inventory.location, report, objects);
  checkColumns(inventory, manifest, report);
  await checkFiles(inventory.location, report, { manifest, objects });
  return {
    dt: report,
    inventoryDate: report.slice(0, 10),
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, file) => sum + file.size, 0),
  };
}

/** Found by listing `hive/`: asking the table would have Athena list every minute since its projection's start. */
export async function findNewestDt(location: string, objects: ObjectReader): Promise<string> {
  const newest = (await listDts(location, objects)).at(-1);
  if (newest !== undefined) return newest;
  throw new QueryError(
    `no partition: ${location}/hive/ holds no folder dt=YYYY-MM-DD-HH-MM. ` +
      'S3 writes the first report up to 48 hours after an inventory is configured; otherwise correct inventory_location',
    { kind: 'transient' },
  );
}

/** Returns the dates of all reports, the oldest first. */
export async function listDts(location: string, objects: ObjectReader): Promise<string[]> {
  const folders = await objects.folders(`${location}/hive/`);
  return folders.flatMap((folder) => DT_FOLDER.exec(folder)?.[1] ?? []).sort();
}

/** S3 names a report's folder with a T and a Z where the partition has hyphens. */
export function manifestHref(location: string, dt: string): string {
  return `${location}/${dt.slice(0, 10)}T${dt.slice(11)}Z/manifest.json`;
}

export async function readManifest(
  location: string,
  dt: string,
  objects: ObjectReader,
): Promise<Manifest> {
  const href = manifestHref(location, dt);
  const text = await readText(objects, href);
  if (text === undefined) {
    throw new QueryError(
      `report dt=${dt} has no manifest: ${href} does not exist. It was removed or is being written; ` +
        'the command backfill restart takes the newest report',
      { kind: 'transient' },
    );
  }
  return parseManifest(text, href);
}

/** The one report as its own manifest describes it. */
export function inventoryOf(
  { fileFormat, fileSchema }: Manifest,
  location: string,
  dt: string,
): Inventory {
  const fields = schemaFields(fileSchema).join(',');
  return parseInventory({ location: `${location}/hive/dt=${dt}`, format: fileFormat, fields });
}

/** The lines of config.yaml that fit a report. */
export function configLines({ fileFormat, fileSchema }: Manifest): string {
  const fields = schemaFields(fileSchema).join(', ');
  return `inventory_format: ${fileFormat.toLowerCase()}\ninventory_fields: [${fields}]`;
}

/** CSV: `Bucket, Key, Size`. ORC: `struct<bucket:string,...>`. Parquet: `message s3.inventory { required binary bucket (UTF8); ... }`. */
export function schemaFields(fileSchema: string): string[] {
  const struct = /^struct<(.*)>$/s.exec(fileSchema.trim())?.[1];
  if (struct !== undefined) {
    return struct.split(',').map((field) => field.split(':')[0]?.trim() ?? '');
  }
  if (fileSchema.trimStart().startsWith('message')) {
    const fields = fileSchema.matchAll(/\b(?:required|optional|repeated)\s+\w+\s+(\w+)/g);
    return Array.from(fields, ([, name]) => name ?? '');
  }
  return fileSchema.split(',').map((field) => field.trim());
}

function parseManifest(text: string, href: string): Manifest {
  try {
    return z.parse(ManifestSchema, JSON.parse(text));
  } catch (cause) {
    throw new QueryError(
      `${href}: is not a manifest of S3 Inventory: fileFormat, fileSchema or files is missing`,
      { kind: 'permanent', cause },
    );
  }
}

/** Whether a report is of the configured format and columns. */
export function fitsConfig(
  { format, columns }: Pick<Inventory, 'format' | 'columns'>,
  { fileFormat, fileSchema }: Manifest,
): boolean {
  const found = schemaFields(fileSchema).map(columnName);
  return fileFormat.toLowerCase() === format && found.join() === columns.join();
}

function checkColumns(inventory: Inventory, manifest: Manifest, dt: string): void {
  if (fitsConfig(inventory, manifest)) return;
  throw new QueryError(
    `report dt=${dt} is not what config.yaml says (${inventory.format}: ${inventory.columns.join(', ')}). ` +
      `Put these two lines into config.yaml and deploy again:\n${configLines(manifest)}`,
    { kind: 'permanent' },
  );
}

async function checkFiles(
  location: string,
  dt: string,
  { manifest, objects }: { readonly manifest: Manifest; readonly objects: ObjectReader },
): Promise<void> {
  const href = `${location}/hive/dt=${dt}/symlink.txt`;
  const links = (await readText(objects, href))?.trim();
  if (links !== undefined && links !== '' && manifest.files.length > 0) return;
  const what = manifest.files.length === 0 ? 'its manifest lists none' : `${href} names none`;
  throw new QueryError(
    `no file: report dt=${dt} holds no data (${what}). The bucket was empty, or the report is being written`,
    { kind: 'transient' },
  );
}

async function findListing(href: string, objects: ObjectReader): Promise<InventoryReport> {
  const part = await objects.read(href, { offset: 0, length: 1 });
  if (part === undefined || part.bytes.length === 0) {
    const what = part === undefined ? 'does not exist' : 'is empty';
    throw new QueryError(`no file: the listing ${href} ${what}`, { kind: 'transient' });
  }
  const inventoryDate = part.lastModified.toISOString().slice(0, 10);
  return { dt: undefined, inventoryDate, files: 1, bytes: part.size };
}
