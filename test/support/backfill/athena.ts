import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import type { PipelineNames } from '../../../modules/config/names.js';
import { AthenaServer } from './athena-server.js';
import { DT, FIELDS, type BackfillFolder } from './inventory.js';

/** Athena with the table of a deployment over the report of the folder, and S3 with its objects. */
export async function startAthena(
  { path, inventory: location }: BackfillFolder,
  { database, inventoryTable: table }: Pick<PipelineNames, 'database' | 'inventoryTable'>,
): Promise<AthenaServer> {
  const resultsFolder = join(path, 'results');
  await mkdir(resultsFolder);
  const inventory = parseInventory({ location, format: 'csv', fields: FIELDS.join() });
  return AthenaServer.start({
    tables: [{ database, table, inventory, dts: [DT] }],
    resultsFolder,
    buckets: { inventory: path },
  });
}
