import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import {
  findNewestDt,
  findReport,
  inventoryOf,
  readManifest,
} from '../../lambdas/inventory/report.js';
import { isListing, parseInventory, type Inventory } from '../../lambdas/inventory/inventory.js';
import { fileObjects } from './file-objects.js';
import { InputError } from '../input/input-error.js';
import { encodingOfLines } from '../input/message-file.js';

/**
 * Reads the format and the columns of an inventory on disk from its manifest, not from config.yaml, which describes the
 * one in AWS. `path` is a folder in the layout of S3 Inventory, whose newest report is used, or a listing.
 * Throws InputError if it is neither, or a listing in UTF-16, and QueryError if the report is incomplete or the listing
 * is empty.
 */
export async function localInventory(path: string): Promise<Inventory> {
  const location = resolve(path);
  const found = await stat(location).catch((cause: unknown) => {
    throw new InputError(`--inventory '${location}' does not exist`, { cause });
  });
  const whole = tryFolderOfPart(location);
  if (whole !== undefined) {
    throw new InputError(
      `--inventory '${location}' is a part of an S3 Inventory report: pass the inventory's folder, '${whole}'`,
    );
  }
  if (isListing(location)) {
    const listing = parseInventory({ location, format: '', fields: 'key' });
    await findReport(listing, fileObjects);
    await assertNotUtf16(location);
    return listing;
  }
  if (!found.isDirectory()) {
    throw new InputError(
      `--inventory '${location}' is not an inventory folder or a listing (.csv, .csv.gz, .txt or .txt.gz)`,
    );
  }
  const { location: folder, pinnedDt } = parseInventory({ location, format: 'csv', fields: 'key' });
  const dt = pinnedDt ?? (await findNewestDt(folder, fileObjects));
  return inventoryOf(await readManifest(folder, dt, fileObjects), folder, dt);
}

/** The queries read UTF-8, as Athena does; of a listing in UTF-16 they would skip every row. */
async function assertNotUtf16(listing: string): Promise<void> {
  const encoding = encodingOfLines(await startOf(listing));
  if (!encoding.startsWith('utf-16')) return;
  const name = encoding.toUpperCase();
  throw new InputError(
    `--inventory '${listing}' is in ${name}, and a listing must be in UTF-8: convert it, for example with iconv -f ${name} -t UTF-8`,
  );
}

/** Returns the first bytes of a listing, or none if they cannot be unpacked, which the query reports. */
async function startOf(listing: string): Promise<Uint8Array> {
  const file = createReadStream(listing);
  const bytes = listing.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  try {
    for await (const part of bytes) return part as Buffer;
  } catch {
    // The query says what is wrong with the file.
  } finally {
    file.destroy();
  }
  return new Uint8Array();
}

const REPORT_FOLDER = /^\d{4}-\d\d-\d\dT\d\d-\d\dZ$/;

/**
 * Returns the folder of the inventory if `path` is a part of one of its reports (symlink.txt, a manifest, a data file or
 * a folder of them), which would otherwise be read as a listing of keys. config.yaml rejects the same parts.
 */
function tryFolderOfPart(path: string): string | undefined {
  const [name, parent] = [basename(path), dirname(path)];
  if (name === 'symlink.txt') {
    const above = dirname(parent);
    return basename(above) === 'hive' ? dirname(above) : parent;
  }
  if (/^manifest\.(json|checksum)$/.test(name)) return dirname(parent);
  if (REPORT_FOLDER.test(name)) return parent;
  if (name === 'data' && existsSync(join(parent, 'hive'))) return parent;
  const inData = basename(parent) === 'data' && existsSync(join(dirname(parent), 'hive'));
  return inData ? dirname(parent) : undefined;
}
