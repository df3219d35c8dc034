import type { CollectionHandler } from '../../lambdas/collection-handler.js';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { failureOf } from '../../lambdas/runtime/errors.js';
import { silentLog, type Log } from '../../lambdas/runtime/log.js';
import type { Collection } from '../../lambdas/stac/stac.js';
import type { ItemStore } from '../ingestor/item-store.js';
import type { Endpoints } from './endpoints.js';

const TIMEOUT_MS = 60_000;

interface LocalCollaborators {
  readonly store: ItemStore;
  readonly warn: Log['warn'];
}

/** Posts the Collection with the handler that is also deployed. Returns the error message if that fails, else undefined. */
export async function postLocalCollection(
  handler: CollectionHandler,
  { ingestor }: Pick<Endpoints, 'ingestor'>,
  { store, warn }: LocalCollaborators,
): Promise<string | undefined> {
  const deadline = Date.now() + TIMEOUT_MS;
  try {
    await handler.with({
      log: { ...silentLog, warn },
      clock: systemClock,
      verify: undefined,
      postCollection: async (collection, options) => {
        await ingestor?.postCollection(collection, options);
        store.putCollection(collection.id, JSON.stringify(collection));
      },
    })({}, { getRemainingTimeInMillis: () => deadline - Date.now() });
    return undefined;
  } catch (error) {
    const { name, message } = failureOf(error);
    if (name === 'OutputError') throw error;
    return message;
  }
}

/** Returns what the page shows of the Collection. If it cannot be created, the summary says why. */
export function describeCollection(
  { createCollection }: CollectionHandler,
  pipeline: string,
): Pick<Collection, 'id' | 'title'> {
  try {
    return createCollection();
  } catch {
    return { id: pipeline };
  }
}
