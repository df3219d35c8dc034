import { granuleHandler } from '../../lambdas/granule-handler.js';
import { COLLECTION_ID } from './constants.js';
import { parseMessage } from './granule-message.js';
import { createItem } from './item.js';

/** One message is the key of one tile, and becomes one Item. */
export const handler = granuleHandler({ collectionId: COLLECTION_ID, parseMessage, createItem });
