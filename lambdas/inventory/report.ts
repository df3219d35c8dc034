import * as z from 'zod/mini';
import { QueryError } from '../runtime/errors.js';
import { columnName, columnsFault, parseInventory, type Inventory } from './inventory.js';
import { schemaFields } from './file-schema.js';
import { readText, type ObjectReader } from './objects.js';
import { ReportMismatchError } from './report-mismatch.js';
import { ReportMissingError } from './report-missing.js';

/** One report of an S3 Inventory, or a listing. */
export interface InventoryReport {
  /** Time of the report as YYYY-MM-DD-HH-MM. Undefined for a listing. */
  readonly dt: string | undefined;
  /** Day of the report, or on which the listing was written, as YYYY-MM-DD in UTC. */
  readonly inventoryDate: string;
  readonly files: number;
  /** Maximum number of bytes that a query of the report scans. */
  readonly bytes: number;
}

const ManifestSchema = z.object({
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string(), size: z.number() })),
});
export type Manifest = z.infer<typeof ManifestSchema>;

const DT_FOLDER = /^dt=(\d{4}-\d\d-\d\d-\d\d-\d\d)$/;
// List price of Athena in most regions. Every query is charged for at least 10 MB.
// @see https://aws.amazon.com/athena/pricing/
const USD_PER_TERABYTE = 5;
const MIN_SCAN_BYTES = 10_000_000;

/** Returns the list price of a query that scans `bytes`, in US dollars. */
export function scanCostUsd(bytes: number): number {
  return (Math.max(bytes, MIN_SCAN_BYTES) / 1e12) * USD_PER_TERABYTE;
}

/**
 * Finds the report to read: `dt` if given, else the one that the location pins, else the newest.
 * Throws ReportMissingError if it does not exist or is empty, and QueryError if it does not have the configured format
 * and columns.
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

/** Lists `hive/` in S3, because a query would make Athena list every minute of the table's partition projection. */
export async function findNewestDt(location: string, objects: ObjectReader): Promise<string> {
  const newest = (await listDts(location, objects)).at(-1);
  if (newest !== undefined) return newest;
  throw new ReportMissingError(
    `no partition: ${location}/hive/ has no folder dt=YYYY-MM-DD-HH-MM. ` +
      'S3 writes the first report up to 48 hours after an inventory is configured',
    'if it is older, correct inventory_location',
  );
}

/** Returns the times of all reports, the oldest first. */
export async function listDts(location: string, objects: ObjectReader): Promise<string[]> {
  const folders = await objects.folders(`${location}/hive/`);
  return folders.flatMap((folder) => DT_FOLDER.exec(folder)?.[1] ?? []).sort();
}

/** Returns the href of a manifest, whose folder is named with T and Z (2022-04-22T01-00Z), unlike the partition. */
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
    throw new ReportMissingError(
      `report dt=${dt} has no manifest: ${href} does not exist. It was removed or is being written`,
      'restart the backfill to use the newest report',
    );
  }
  return parseManifest(text, href);
}

/** Returns the inventory as the manifest of one report describes it. */
export function inventoryOf(
  { fileFormat, fileSchema }: Manifest,
  location: string,
  dt: string,
): Inventory {
  const fields = schemaFields(fileSchema).join(',');
  return parseInventory({ location: `${location}/hive/dt=${dt}`, format: fileFormat, fields });
}

/** Returns the lines of config.yaml that match a report. */
export function configLines({ fileFormat, fileSchema }: Manifest): string {
  const fields = schemaFields(fileSchema).map(inYaml).join(', ');
  return `inventory_format: ${fileFormat.toLowerCase()}\ninventory_fields: [${fields}]`;
}

/** Without quotes, YAML reads these words as something else than text. */
function inYaml(field: string): string {
  return /^(?:null|true|false)$/i.test(field) ? `"${field}"` : field;
}

function parseManifest(text: string, href: string): Manifest {
  const manifest = manifestOf(text, href);
  const fault = faultOf(manifest);
  if (fault === undefined) return manifest;
  throw new QueryError(`${href} describes a report that cannot be read: ${fault}`, {
    kind: 'permanent',
  });
}

/** What a manifest says must be possible in config.yaml too, since commands print lines for config.yaml from it. */
function faultOf({ fileFormat, fileSchema }: Manifest): string | undefined {
  if (!/^(?:csv|orc|parquet)$/i.test(fileFormat)) {
    return `fileFormat must be CSV, ORC or Parquet (given '${fileFormat}')`;
  }
  const fault = columnsFault(schemaFields(fileSchema));
  return fault === undefined ? undefined : `fileSchema ${fault}`;
}

function manifestOf(text: string, href: string): Manifest {
  try {
    return z.parse(ManifestSchema, JSON.parse(text));
  } catch (cause) {
    throw new QueryError(
      `${href} is not a manifest of S3 Inventory: fileFormat, fileSchema or files is missing`,
      { kind: 'permanent', cause },
    );
  }
}

/** Returns true if a report has the configured format and columns. */
export function fitsConfig(
  { format, columns }: Pick<Inventory, 'format' | 'columns'>,
  { fileFormat, fileSchema }: Manifest,
): boolean {
  const found = schemaFields(fileSchema).map(columnName);
  return fileFormat.toLowerCase() === format && found.join() === columns.join();
}

function checkColumns(inventory: Inventory, manifest: Manifest, dt: string): void {
  if (fitsConfig(inventory, manifest)) return;
  throw new ReportMismatchError(
    `report dt=${dt} does not match config.yaml (${inventory.format}: ${inventory.columns.join(', ')})`,
    configLines(manifest).split('\n'),
  );
}

async function checkFiles(
  location: string,
  dt: string,
  { manifest, objects }: { readonly manifest: Manifest; readonly objects: ObjectReader },
): Promise<void> {
  const href = `${location}/hive/dt=${dt}/symlink.txt`;
  const text = (await readText(objects, href)) ?? '';
  const links = text.split('\n').filter((line) => line.trim() !== '').length;
  if (links > 0 && links === manifest.files.length) return;
  if (links > 0 && manifest.files.length > 0) {
    throw new ReportMissingError(
      `report dt=${dt} is inconsistent: its manifest lists ${manifest.files.length} files, but ${href} lists ${links}. ` +
        'It may still be being written',
      'try again later, or restart the backfill with another report',
    );
  }
  const what =
    manifest.files.length === 0 ? 'its manifest lists no files' : `${href} lists no files`;
  throw new ReportMissingError(
    `no file: report dt=${dt} has no data (${what}). The bucket was empty, or the report is still being written`,
  );
}

async function findListing(href: string, objects: ObjectReader): Promise<InventoryReport> {
  const part = await objects.read(href, { offset: 0, length: 1 });
  if (part === undefined || part.bytes.length === 0) {
    const what = part === undefined ? 'does not exist' : 'is empty';
    throw new ReportMissingError(`no file: the listing ${href} ${what}`);
  }
  const inventoryDate = part.lastModified.toISOString().slice(0, 10);
  return { dt: undefined, inventoryDate, files: 1, bytes: part.size };
}
