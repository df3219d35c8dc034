import { historicHandler } from '../../lambdas/historic-handler.js';
import { dayBefore, keyPathOf } from './day.js';
import { FIRST_DAY } from './constants.js';

interface QueryInput {
  /** A day, YYYY-MM-DD; undefined for the whole inventory at once. */
  readonly chunk: string | undefined;
}

/** The manifests of one day of the key path, for Athena and DuckDB alike. Throws ConfigurationError on a chunk that is no day. */
export function queryInventory({ chunk }: QueryInput): string {
  const folder = chunk === undefined ? 'GRD' : `GRD/${keyPathOf(chunk)}`;
  return `SELECT key FROM inventory WHERE key LIKE '${folder}/%/manifest.safe'`;
}

const MANIFEST_KEY = /^(GRD\/\d{4}(?:\/\d{1,2}){2}(?:\/[\w.-]+){3})\/manifest\.safe$/;

/** A message in the shape of the topic's; undefined where a row is no manifest of a GRD product. */
export function rowToMessageBody({ key }: Record<string, string | undefined>): string | undefined {
  const path = MANIFEST_KEY.exec(key ?? '')?.[1];
  return path === undefined ? undefined : JSON.stringify({ path });
}

/** The day before, back to that of the first acquisition. */
export function nextChunk(chunk: string): string | undefined {
  const before = dayBefore(chunk);
  return before < FIRST_DAY ? undefined : before;
}

export const handler = historicHandler({ queryInventory, rowToMessageBody, nextChunk });
