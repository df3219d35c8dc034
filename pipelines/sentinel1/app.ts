import { granuleHandler } from '../../lambdas/granule-handler.js';
import { COLLECTION_ID } from './constants.js';
import { parseMessage } from './granule-message.js';
import { createItem } from './item.js';

/** One message is one Sentinel-1 GRD product, and becomes one Item. */
export const handler = granuleHandler({
  collectionId: COLLECTION_ID,
  parseMessage,
  createItem,
  // A scene that was processed again keeps its Item's id, and its messages may arrive in any order.
  versionOf: ({ properties }) => properties['s1:processing_datetime'] as string | undefined,
});
