import {
  configLines,
  findNewestDt,
  fitsConfig,
  inventoryOf,
  listDts,
  readManifest,
} from '../../lambdas/inventory/report.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import type { ActionOptions, ActionResult } from './actions.js';
import { estimateScan, estimateText } from './cost.js';
import { countedRows } from './backfill-rows.js';
import { commandFor, type BackfillSite } from './site.js';
import { counted } from '../shared/table.js';

/** What the inventory is, and the two lines of config.yaml that fit it. */
export async function describe(site: BackfillSite, options: ActionOptions): Promise<ActionResult> {
  return site.settings.inventory.format.startsWith('listing')
    ? describeListing(site, options)
    : describeReport(site, options);
}

async function describeListing(site: BackfillSite, options: ActionOptions): Promise<ActionResult> {
  const { pipeline, settings } = site;
  const estimate = await estimateScan(site);
  const rows = await rowsOf(site, settings.inventory, options);
  return {
    lines: [
      `${pipeline}: ${settings.inventory.location}`,
      `  ${estimateText(estimate, site)}`,
      rowsLine(rows, site),
      '  A listing needs no inventory_format and no inventory_fields.',
    ],
    json: { pipeline, location: settings.inventory.location, ...estimate, rows },
    exitCode: 0,
  };
}

async function describeReport(site: BackfillSite, options: ActionOptions): Promise<ActionResult> {
  const { pipeline, objects, configured } = site;
  const { location, pinnedDt } = site.settings.inventory;
  const dts = await listDts(location, objects);
  const dt = pinnedDt ?? dts.at(-1) ?? (await findNewestDt(location, objects));
  const manifest = await readManifest(location, dt, objects);
  const lines = configLines(manifest);
  const fits = configured !== undefined && fitsConfig(configured, manifest);
  const inventory = inventoryOf(manifest, location, dt);
  const estimate = await estimateScan(site, inventory);
  const rows = fits || site.kind === 'local' ? await rowsOf(site, inventory, options) : undefined;
  return {
    lines: [
      `${pipeline}: ${location}`,
      `  ${estimateText(estimate, site)}`,
      reportsLine(dts),
      rowsLine(rows, site),
      fitLine(site, fits),
      lines,
    ],
    json: { pipeline, location, ...estimate, dts, rows, fits, configLines: lines.split('\n') },
    exitCode: 0,
  };
}

function reportsLine(dts: readonly string[]): string {
  const [oldest = '-'] = dts;
  return `  ${counted(dts.length, 'report')}, from ${oldest} to ${dts.at(-1) ?? '-'}`;
}

function fitLine(site: BackfillSite, fits: boolean): string {
  if (fits) return '  config.yaml fits it:';
  return site.configured === undefined
    ? '  For config.yaml:'
    : '  config.yaml says something else. Put these two lines into it:';
}

function rowsLine(rows: number | undefined, site: BackfillSite): string {
  if (rows !== undefined) return `  ${counted(rows, 'row')} (current objects)`;
  if (site.kind === 'local')
    return '  rows not counted: an ORC report cannot be read on this machine';
  return `  rows not counted; a query that counts them: ${commandFor(site, 'describe')} --count-rows`;
}

/** Free on this machine; in AWS a query, which has to be asked for. */
async function rowsOf(
  site: BackfillSite,
  inventory: Inventory,
  { countRows }: ActionOptions,
): Promise<number | undefined> {
  if (site.kind === 'local' && inventory.format === 'orc') return undefined;
  return site.kind === 'local' || countRows ? countedRows(site, inventory) : undefined;
}
