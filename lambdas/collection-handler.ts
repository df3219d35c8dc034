import type { Context } from 'aws-lambda';
import { systemClock, type Clock } from './runtime/clock.js';
import { deployedIngestor } from './ingestor/deployed.js';
import { optionalEnv } from './runtime/env.js';
import type { Ingestor } from './ingestor/client.js';
import { jsonLog, type Log } from './runtime/log.js';
import { embeddedMetrics } from './runtime/metrics.js';
import { once } from './runtime/once.js';
import { retryWhileDenied } from './runtime/retry.js';
import { notesOn } from './stac/notes.js';
import type { Collection } from './stac/stac.js';
import { validateCollection } from './stac/validate.js';
import { callPipelineCode } from './runtime/unexpected.js';
import { verifyCollection } from './ingestor/read-back.js';

/** Everything the Collection function uses: the ingestor and the STAC API, or stand-ins for them. */
export interface CollectionCollaborators {
  readonly postCollection: Ingestor['postCollection'];
  readonly log: Log;
  /** Reads the Collection back and throws if it differs; undefined if stac_api_url is not set. */
  readonly verify: VerifyPosted | undefined;
  readonly clock: Clock;
}

type VerifyPosted = (
  collection: Collection,
  options: { readonly deadline: number },
) => Promise<void>;
type InvocationContext = Pick<Context, 'getRemainingTimeInMillis'>;

/** The result of the function, which the deployment reads. */
export interface PostedCollection {
  readonly collection: string;
  readonly verified: boolean;
}

export interface CollectionHandler {
  (event: unknown, context: InvocationContext): Promise<PostedCollection>;
  readonly createCollection: () => Collection;
  /** Returns the same handler with these collaborators instead of the deployed ones. */
  with(collaborators: CollectionCollaborators): CollectionHandler;
}

/** Time reserved for returning the result. */
const RESERVE_MS = 2_000;

/**
 * Creates the Lambda handler that a deployment invokes. It validates the Collection and posts it to the ingestor; if
 * stac_api_url is set, it also reads it back from the STAC API. Throws if any of this fails, so that the deployment fails
 * with the reason.
 *
 * @example
 * export const handler = collectionHandler(() => ({
 *   type: 'Collection',
 *   id: 'cop-dem-glo-30',
 *   // ...
 * }));
 */
export function collectionHandler(createCollection: () => Collection): CollectionHandler {
  return handlerWith(createCollection, deployedCollaborators);
}

/** The collaborators of a deployed function, built from its environment on the container's first invocation. */
const deployedCollaborators = once((): CollectionCollaborators => {
  const [log, meter] = [jsonLog(), embeddedMetrics()];
  const { postCollection } = deployedIngestor(log, meter);
  return { postCollection, verify: deployedVerify(), log, clock: systemClock };
});

function deployedVerify(): VerifyPosted | undefined {
  const stacApiUrl = optionalEnv('STAC_API_URL');
  if (stacApiUrl === undefined) return undefined;
  return (collection, options) => verifyCollection(collection, { ...options, stacApiUrl });
}

function handlerWith(
  createCollection: () => Collection,
  collaborators: () => CollectionCollaborators,
): CollectionHandler {
  const handle = async (_event: unknown, context: InvocationContext): Promise<PostedCollection> => {
    const collection = makeCollection(createCollection);
    const { postCollection, verify, log, clock } = collaborators();
    for (const message of collectionNotes(collection))
      log.warn(message, { collection: collection.id });
    const deadline = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    await retryWhileDenied(() => postCollection(collection, { deadline }), clock);
    log.info('Collection posted', { collection: collection.id });
    await verify?.(collection, { deadline });
    return { collection: collection.id, verified: verify !== undefined };
  };
  return Object.assign(handle, {
    createCollection,
    with: (others: CollectionCollaborators) => handlerWith(createCollection, () => others),
  });
}

/**
 * Creates and validates the Collection. The result is posted unchanged. Throws ValidationError, and UnexpectedError for an
 * error that createCollection does not throw on purpose.
 */
export function makeCollection(createCollection: () => Collection): Collection {
  return callPipelineCode(
    () => 'createCollection',
    () => {
      const collection = createCollection();
      validateCollection(collection);
      return collection;
    },
  );
}

/** Returns what is valid in a Collection but should be known, such as extensions that are not declared or not checked. */
export function collectionNotes(collection: Collection): string[] {
  return notesOn(collection).map(({ message }) => message);
}
