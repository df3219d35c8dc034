import { collectionHandler } from '../../lambdas/collection-handler.js';
import { createCollection } from './create-collection.js';

/** Posts the Collection after each deployment. */
export const handler = collectionHandler(createCollection);
