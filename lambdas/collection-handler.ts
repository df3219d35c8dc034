import type { Context } from 'aws-lambda';
import { systemClock, type Clock } from './runtime/clock.js';
import { deployedIngestor } from './ingestor/deployed.js';
import { optionalEnv } from './runtime/env.js';
import type { Ingestor } from './ingestor/client.js';
import { jsonLog, type Log } from './runtime/log.js';
import { embeddedMetrics } from './runtime/metrics.js';
import { once } from './runtime/once.js';
import { retryWhileDenied } from './runtime/retry.js';
import type { Collection } from './stac/stac.js';
import { validateCollection } from './stac/validate.js';
import { verifyCollection } from './ingestor/read-back.js';

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

/** What the deployment reads of the function's answer. */
export interface PostedCollection {
  readonly collection: string;
  readonly verified: boolean;
}

export interface CollectionHandler {
  (event: unknown, context: InvocationContext): Promise<PostedCollection>;
  readonly createCollection: () => Collection;
  /** The same handler with other collaborators. */
  with(collaborators: CollectionCollaborators): CollectionHandler;
}

const RESERVE_MS = 2_000;

/**
 * The Lambda handler that a deployment invokes: posts the Collection, and where the STAC API is known reads it back.
 * Throws what stops it, so that the deployment fails with the reason.
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

/** The Collection as it is posted. Throws ValidationError. */
export function makeCollection(createCollection: () => Collection): Collection {
  const collection = createCollection();
  validateCollection(collection);
  return collection;
}
