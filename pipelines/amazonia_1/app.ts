import { granuleHandler } from '../../lambdas/granule-handler.js';
import { COLLECTION_ID } from './constants.js';
import { parseMessage } from './granule-message.js';
import { createItem } from './item.js';

/** One message is one scene of Amazonia-1, and becomes one Item. */
export const handler = granuleHandler({ collectionId: COLLECTION_ID, parseMessage, createItem });
