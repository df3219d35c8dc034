import { historicHandler } from '../../lambdas/historic-handler.js';
import { looksLikeTile } from './tile-name.js';

/** Selects the whole list. It has few other rows than tiles, and those are counted as skipped. */
export function queryInventory(): string {
  return 'SELECT key FROM inventory';
}

/** Returns the key itself. A name that only looks like a tile's is sent too, and its dead letter has the reason. */
export function rowToMessageBody({ key }: Record<string, string | undefined>): string | undefined {
  return key !== undefined && looksLikeTile(key) ? key : undefined;
}

/** There are no chunks, because the list is read at once. */
export function nextChunk(): string | undefined {
  return undefined;
}

export const handler = historicHandler({ queryInventory, rowToMessageBody, nextChunk });
