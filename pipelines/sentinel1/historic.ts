import { checkDay, nextDay, previousDay } from '../../lambdas/backfill/day.js';
import type { ChunkItems } from '../../lambdas/backfill/historic-pipeline.js';
import { historicHandler } from '../../lambdas/historic-handler.js';
import { GranuleError } from '../../lambdas/runtime/errors.js';
import { FIRST_DAY } from './constants.js';
import { parseProduct } from './read/product-id.js';

interface QueryInput {
  /** A day written as YYYY-MM-DD; undefined to read the whole inventory at once. */
  readonly chunk: string | undefined;
}

/** Selects the manifests of one day of the key path, in SQL for Athena and DuckDB. Throws ConfigurationError if the chunk is not a day. */
export function queryInventory({ chunk }: QueryInput): string {
  const folder = chunk === undefined ? 'GRD' : `GRD/${keyPathOf(chunk)}`;
  return `SELECT key FROM inventory WHERE key LIKE '${folder}/%/manifest.safe'`;
}

/** Returns `2022/4/2` for `2022-04-02`, because the key path has no leading zeros. */
function keyPathOf(day: string): string {
  return checkDay(day).split('-').map(Number).join('/');
}

const MANIFEST_KEY = /^(GRD\/\d{4}(?:\/\d{1,2}){2}(?:\/[\w.-]+){3})\/manifest\.safe$/;

/** Returns a message in the form of the topic's messages; undefined if the row is not the manifest of a GRD product. */
export function rowToMessageBody({ key }: Record<string, string | undefined>): string | undefined {
  const path = MANIFEST_KEY.exec(key ?? '')?.[1];
  return path === undefined ? undefined : JSON.stringify({ path });
}

/** Returns the id of the product's Item; undefined if the row is not the manifest of a GRD product. */
export function itemIdOf({ key }: Record<string, string | undefined>): string | undefined {
  const path = MANIFEST_KEY.exec(key ?? '')?.[1];
  if (path === undefined) return undefined;
  try {
    return parseProduct(path).itemId;
  } catch (error) {
    if (error instanceof GranuleError) return undefined;
    throw error;
  }
}

/** The day of the key path is that of the start, and an Item's datetime is the middle of an acquisition of minutes. */
export function itemsOfChunk(day: string): ChunkItems {
  const start = `_${checkDay(day).replaceAll('-', '')}T`;
  return {
    from: `${day}T00:00:00Z`,
    to: `${nextDay(day)}T01:00:00Z`,
    includes: (itemId) => itemId.indexOf(start) === START_AT,
  };
}

/** Where an Item's id, such as S1A_IW_GRDH_1SDV_20220402T052711_..., has the start of the acquisition. */
const START_AT = 'S1A_IW_GRDH_1SDV'.length;

/** Returns the day before; undefined before the day of the first acquisition. */
export function nextChunk(chunk: string): string | undefined {
  const before = previousDay(chunk);
  return before < FIRST_DAY ? undefined : before;
}

export const handler = historicHandler({
  queryInventory,
  rowToMessageBody,
  nextChunk,
  itemIdOf,
  itemsOfChunk,
});
