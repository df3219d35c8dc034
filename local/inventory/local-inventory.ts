import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findNewestDt, inventoryOf, readManifest } from '../../lambdas/inventory/report.js';
import { isListing, parseInventory, type Inventory } from '../../lambdas/inventory/inventory.js';
import { fileObjects } from './file-objects.js';
import { InputError } from '../input/input-error.js';

/**
 * An inventory on disk as its own manifest describes it, whatever config.yaml says of the one in AWS: a folder in the
 * layout of S3 Inventory, of which the newest report is taken, or a listing file. Throws InputError and QueryError.
 */
export async function localInventory(path: string): Promise<Inventory> {
  const location = resolve(path);
  const found = await stat(location).catch((cause: unknown) => {
    throw new InputError(`--inventory '${location}' does not exist`, { cause });
  });
  if (isListing(location)) return parseInventory({ location, format: '', fields: 'key' });
  if (!found.isDirectory()) {
    throw new InputError(
      `--inventory '${location}' is a file that is no listing, which ends in .csv, .csv.gz, .txt or .txt.gz: give the folder of an inventory`,
    );
  }
  const { location: folder, pinnedDt } = parseInventory({ location, format: 'csv', fields: 'key' });
  const dt = pinnedDt ?? (await findNewestDt(folder, fileObjects));
  return inventoryOf(await readManifest(folder, dt, fileObjects), folder, dt);
}
