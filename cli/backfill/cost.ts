import type { BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { ReportMissingError } from '../../lambdas/inventory/report-missing.js';
import { findReport, scanCostUsd, type InventoryReport } from '../../lambdas/inventory/report.js';
import { queriesOf } from '../../lambdas/backfill/settings.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import type { BackfillTarget } from './target.js';
import { counted } from '../shared/table.js';

export interface ScanEstimate extends InventoryReport {
  /** Cost of one query in USD, at Athena's list price. */
  readonly scanUsd: number;
  /** Number of queries of a chunk. */
  readonly queries: number;
}

/** Estimates what the next query reads. Throws QueryError and ReadError. */
export async function estimateScan(
  { settings, objects }: Pick<BackfillTarget, 'settings' | 'objects'>,
  inventory: Inventory = settings.inventory,
): Promise<ScanEstimate> {
  const report = await findReport(inventory, objects);
  const queries = queriesOf({ ...settings, inventory });
  return { ...report, scanUsd: scanCostUsd(report.bytes), queries };
}

/** Returns the error if the inventory of a deployment is not there yet: then its function waits for it. */
export async function estimateOrMissing(
  target: BackfillTarget,
  inventory?: Inventory,
): Promise<ScanEstimate | ReportMissingError> {
  try {
    return await estimateScan(target, inventory);
  } catch (error) {
    if (target.kind === 'aws' && error instanceof ReportMissingError) return error;
    throw error;
  }
}

/** The inventory of the next query. A backfill keeps the report that it started with. */
export function inventoryFor(
  { settings: { inventory } }: Pick<BackfillTarget, 'settings'>,
  begun: Pick<BackfillCursor, 'dt'> | undefined,
): Inventory {
  return begun?.dt === undefined ? inventory : { ...inventory, pinnedDt: begun.dt };
}

/** The estimate in one sentence. */
export function estimateText(
  estimate: ScanEstimate,
  { kind }: Pick<BackfillTarget, 'kind'>,
): string {
  const { dt, inventoryDate, files, bytes, scanUsd, queries } = estimate;
  const what = dt === undefined ? `the listing of ${inventoryDate}` : `report ${dt}`;
  const cost = kind === 'aws' ? 'a query costs' : 'free on this machine; in AWS a query costs';
  return `${what}: ${counted(files, 'file')}, ${bytesText(bytes)}; ${cost} at most ${usdText(scanUsd)} (Athena's list price)${queries > 1 ? ', and so does the one that counts archived objects' : ''}`;
}

export function usdText(usd: number): string {
  return `${Number(usd.toPrecision(2))} USD`;
}

/** Formats a size in decimal units, in which Athena and S3 bill. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? bytes : value.toFixed(value < 10 ? 2 : 1)} ${units[power] ?? ''}`;
}
