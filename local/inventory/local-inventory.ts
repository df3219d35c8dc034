import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findNewestDt, inventoryOf, readManifest } from '../../lambdas/inventory/report.js';
import { isListing, parseInventory, type Inventory } from '../../lambdas/inventory/inventory.js';
import { fileObjects } from './file-objects.js';
import { InputError } from '../input/input-error.js';

/**
 * Reads the format and the columns of an inventory on disk from its manifest, not from config.yaml, which describes the
 * one in AWS. `path` is a folder in the layout of S3 Inventory, whose newest report is used, or a listing.
 * Throws InputError if it is neither, and QueryError if the report is incomplete.
 */
export async function localInventory(path: string): Promise<Inventory> {
  const location = resolve(path);
  const found = await stat(location).catch((cause: unknown) => {
    throw new InputError(`--inventory '${location}' does not exist`, { cause });
  });
  if (isListing(location)) return parseInventory({ location, format: '', fields: 'key' });
  if (!found.isDirectory()) {
    throw new InputError(
      `--inventory '${location}' is not an inventory folder or a listing (.csv, .csv.gz, .txt or .txt.gz)`,
    );
  }
  const { location: folder, pinnedDt } = parseInventory({ location, format: 'csv', fields: 'key' });
  const dt = pinnedDt ?? (await findNewestDt(folder, fileObjects));
  return inventoryOf(await readManifest(folder, dt, fileObjects), folder, dt);
}
