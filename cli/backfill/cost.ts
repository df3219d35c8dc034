import type { BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { findReport, scanCostUsd, type InventoryReport } from '../../lambdas/inventory/report.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import type { BackfillSite } from './site.js';
import { counted } from '../shared/table.js';

export interface ScanEstimate extends InventoryReport {
  /** Dollars of one query at Athena's list price. */
  readonly scanUsd: number;
}

/** What the next query will read. Throws QueryError and ReadError. */
export async function estimateScan(
  { settings, objects }: Pick<BackfillSite, 'settings' | 'objects'>,
  inventory: Inventory = settings.inventory,
): Promise<ScanEstimate> {
  const report = await findReport(inventory, objects);
  return { ...report, scanUsd: scanCostUsd(report.bytes) };
}

/** The report of a backfill that has begun stays the one that it began with. */
export function inventoryFor(
  { settings: { inventory } }: Pick<BackfillSite, 'settings'>,
  begun: Pick<BackfillCursor, 'dt'> | undefined,
): Inventory {
  return begun?.dt === undefined ? inventory : { ...inventory, pinnedDt: begun.dt };
}

/** One sentence: what is read, and what that costs. */
export function estimateText(estimate: ScanEstimate, { kind }: Pick<BackfillSite, 'kind'>): string {
  const { dt, inventoryDate, files, bytes, scanUsd } = estimate;
  const what = dt === undefined ? `the listing of ${inventoryDate}` : `report ${dt}`;
  const cost = kind === 'aws' ? 'a query costs' : 'on this machine free; in AWS a query costs';
  return `${what}: ${counted(files, 'file')}, ${bytesText(bytes)}; ${cost} at most ${usdText(scanUsd)} (Athena's list price)`;
}

export function usdText(usd: number): string {
  return `${Number(usd.toPrecision(2))} USD`;
}

/** In decimal units, as Athena and S3 bill. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? bytes : value.toFixed(value < 10 ? 2 : 1)} ${units[power] ?? ''}`;
}
