import { historicHandler } from '../../lambdas/historic-handler.js';
import { looksLikeTile } from './tile-name.js';

/** All that is listed: the list holds little else than tiles, and what else it holds is counted as skipped. */
export function queryInventory(): string {
  return 'SELECT key FROM inventory';
}

/** The key itself. A name that only looks like a tile's is sent as well: its dead letter says what is wrong with it. */
export function rowToMessageBody({ key }: Record<string, string | undefined>): string | undefined {
  return key !== undefined && looksLikeTile(key) ? key : undefined;
}

/** There are no chunks: the list is read at once. */
export function nextChunk(): string | undefined {
  return undefined;
}

export const handler = historicHandler({ queryInventory, rowToMessageBody, nextChunk });
