import { historicHandler } from '../../lambdas/historic-handler.js';
import { GranuleError, MessageError } from '../../lambdas/runtime/errors.js';
import { tileOf } from './granule-message.js';
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

/** Returns the name of the tile, which is the id of its Item; undefined if the key is not that of a tile. */
export function itemIdOf({
  key: line = '',
}: Record<string, string | undefined>): string | undefined {
  try {
    return tileOf(keyOfLine(line)).id;
  } catch (error) {
    if (error instanceof GranuleError || error instanceof MessageError) return undefined;
    throw error;
  }
}

/** There are no chunks, because the list is read at once. */
export function nextChunk(): string | undefined {
  return undefined;
}

export const handler = historicHandler({ queryInventory, rowToMessageBody, nextChunk, itemIdOf });
