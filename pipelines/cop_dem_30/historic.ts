import { historicHandler } from '../../lambdas/historic-handler.js';
import { keyOfLine, looksLikeTile } from './tile-name.js';

/** Selects the whole list. It has few other rows than tiles, and those are counted as skipped. */
export function queryInventory(): string {
  return 'SELECT key FROM inventory';
}

/** Returns the tile's key. A name that only looks like a tile's is sent too, and its dead letter has the reason. */
export function rowToMessageBody({
  key: line = '',
}: Record<string, string | undefined>): string | undefined {
  const key = keyOfLine(line);
  return looksLikeTile(key) ? key : undefined;
}

/** There are no chunks, because the list is read at once. */
export function nextChunk(): string | undefined {
  return undefined;
}

export const handler = historicHandler({ queryInventory, rowToMessageBody, nextChunk });
