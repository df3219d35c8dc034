import {
  configLines,
  findNewestDt,
  fitsConfig,
  inventoryOf,
  listDts,
  readManifest,
} from '../../lambdas/inventory/report.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import type { ActionOptions, ActionResult } from './action.js';
import { estimateScan, estimateText } from './cost.js';
import { commandFor, type BackfillTarget } from './target.js';
import { counted } from '../shared/table.js';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { backoffMs } from '../../lambdas/runtime/retry.js';
import { QueryError } from '../../lambdas/runtime/errors.js';
import { inventoryQuery } from '../../lambdas/inventory/query.js';
import { readText } from '../../lambdas/inventory/objects.js';
import { parseRecords } from '../../lambdas/inventory/result-csv.js';

const POLL = { firstMs: 20, maxMs: 2_000 };

/** Describes the inventory and prints the two lines of config.yaml that match it. */
export async function describe(
  target: BackfillTarget,
  options: ActionOptions,
): Promise<ActionResult> {
  return target.settings.inventory.format.startsWith('listing')
    ? describeListing(target, options)
    : describeReport(target, options);
}

async function describeListing(
  target: BackfillTarget,
  options: ActionOptions,
): Promise<ActionResult> {
  const { pipeline, settings } = target;
  const estimate = await estimateScan(target);
  const rows = await rowsOf(target, settings.inventory, options);
  return {
    lines: [
      `${pipeline}: ${settings.inventory.location}`,
      `  ${estimateText(estimate, target)}`,
      rowsLine(rows, target),
      '  A listing needs neither inventory_format nor inventory_fields.',
    ],
    json: { pipeline, location: settings.inventory.location, ...estimate, rows },
    exitCode: 0,
  };
}

async function describeReport(
  target: BackfillTarget,
  options: ActionOptions,
): Promise<ActionResult> {
  const { pipeline, objects, configured } = target;
  const { location, pinnedDt } = target.settings.inventory;
  const dts = await listDts(location, objects);
  const dt = pinnedDt ?? dts.at(-1) ?? (await findNewestDt(location, objects));
  const manifest = await readManifest(location, dt, objects);
  const lines = configLines(manifest);
  const fits = configured !== undefined && fitsConfig(configured, manifest);
  const inventory = inventoryOf(manifest, location, dt);
  const estimate = await estimateScan(target, inventory);
  const rows =
    fits || target.kind === 'local' ? await rowsOf(target, inventory, options) : undefined;
  return {
    lines: [
      `${pipeline}: ${location}`,
      `  ${estimateText(estimate, target)}`,
      reportsLine(dts),
      rowsLine(rows, target),
      fitLine(target, fits),
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

function fitLine(target: BackfillTarget, fits: boolean): string {
  if (fits) return '  config.yaml matches it:';
  return target.configured === undefined
    ? '  Lines for config.yaml:'
    : '  config.yaml does not match it. Change these two lines:';
}

function rowsLine(rows: number | undefined, target: BackfillTarget): string {
  if (rows !== undefined) return `  ${counted(rows, 'row')} (current objects)`;
  if (target.kind === 'local')
    return '  rows not counted: ORC reports cannot be read on this machine';
  return `  rows not counted; to count them with a query: ${commandFor(target, 'describe')} --count-rows`;
}

/** Counting is free on this machine; in AWS it is a query, which runs only with --count-rows. */
async function rowsOf(
  target: BackfillTarget,
  inventory: Inventory,
  { countRows }: ActionOptions,
): Promise<number | undefined> {
  if (target.kind === 'local' && inventory.format === 'orc') return undefined;
  return target.kind === 'local' || countRows ? countedRows(target, inventory) : undefined;
}

/** Counts the current objects of an inventory with a query. Throws QueryError. */
async function countedRows(
  { engine, objects }: Pick<BackfillTarget, 'engine' | 'objects'>,
  inventory: Inventory,
): Promise<number> {
  const sql = inventoryQuery({
    dialect: engine.dialect,
    inventory,
    relation: await engine.relation(inventory, inventory.pinnedDt),
    select: 'SELECT count(*) AS "rows" FROM inventory',
  });
  const queryId = await engine.start(sql, randomUUID());
  for (let poll = 1; ; poll += 1) {
    const query = await engine.state(queryId);
    if (query.state === 'failed') {
      throw new QueryError(`query ${queryId} failed: ${query.reason}`, { kind: 'permanent' });
    }
    if (query.state === 'succeeded') {
      const text = (await readText(objects, query.resultHref)) ?? '';
      return Number(parseRecords(Buffer.from(text), true).records[1]?.[0]);
    }
    await systemClock.sleep(backoffMs(poll, POLL));
  }
}
