import { granuleHandler, type GranuleHandler } from './granule-handler.js';
import { parseKeyMessage } from './python/keys.js';
import { pythonItem } from './python/item.js';

export { pythonItem } from './python/item.js';

/**
 * Creates the handler of a Python pipeline without app.ts: an event of S3, or a key, becomes the Items that
 * python_function makes of the object.
 */
export function pythonGranuleHandler(collectionId: string): GranuleHandler {
  return granuleHandler({
    collectionId,
    parseMessage: parseKeyMessage,
    createItem: pythonItem(),
  });
}
