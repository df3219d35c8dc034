import type { Context } from 'aws-lambda';
import { deployedIngestor } from './deployed.js';
import { optionalEnv } from './env.js';
import { failureOf } from './errors.js';
import type { Ingestor } from './ingestor.js';
import { jsonLog, type Log } from './log.js';
import { embeddedMetrics } from './metrics.js';
import { retrying } from './retry.js';
import type { Collection } from './stac.js';
import { validateCollection } from './validate.js';
import { verifyCollection } from './verify-collection.js';

export interface CollectionCollaborators {
  readonly postCollection: Ingestor['postCollection'];
  readonly log: Log;
  /** Where the Collection is read back from; undefined: it is not. */
  readonly stacApiUrl?: string | undefined;
  readonly verify?: typeof verifyCollection;
}

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

const POLICY_PATIENCE_MS = 60_000;
const POLICY_TRIES = 12;
const RESERVE_MS = 2_000;

/**
 * The Lambda handler that a deployment invokes: posts the Collection, and where the STAC API is known reads it back.
 * Throws what stops it, so that the deployment fails with the reason.
 */
export function collectionHandler(createCollection: () => Collection): CollectionHandler {
  return handlerWith(createCollection, deployed);
}

function deployed(): CollectionCollaborators {
  const [log, meter] = [jsonLog(), embeddedMetrics()];
  const { postCollection } = deployedIngestor(log, meter);
  return { log, postCollection, stacApiUrl: optionalEnv('STAC_API_URL') };
}

function handlerWith(
  createCollection: () => Collection,
  collaborators: () => CollectionCollaborators,
): CollectionHandler {
  const handle = async (_event: unknown, context: InvocationContext): Promise<PostedCollection> => {
    const collection = makeCollection(createCollection);
    const { log, stacApiUrl, verify = verifyCollection, ...rest } = collaborators();
    const deadline = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    await post(collection, rest, deadline);
    log.info('Collection posted', { collection: collection.id });
    if (stacApiUrl !== undefined) await verify(collection, { stacApiUrl, deadline });
    return { collection: collection.id, verified: stacApiUrl !== undefined };
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

/** A policy made seconds ago may not be in force yet: IAM is eventually consistent. */
async function post(
  collection: Collection,
  { postCollection }: Pick<CollectionCollaborators, 'postCollection'>,
  deadline: number,
): Promise<void> {
  const started = Date.now();
  await retrying(
    async () => {
      try {
        await postCollection(collection, { deadline });
      } catch (error) {
        throw isDenied(error) ? error : new Final(error);
      }
    },
    {
      tries: POLICY_TRIES,
      firstDelayMs: 1_000,
      deadline: Math.min(deadline, started + POLICY_PATIENCE_MS),
    },
  ).catch((error: unknown) => {
    throw error instanceof Final ? error.cause : error;
  });
}

/** Wraps an error that no waiting mends. */
class Final extends Error {
  readonly kind = 'permanent';

  constructor(cause: unknown) {
    super(failureOf(cause).message, { cause });
  }
}

function isDenied(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/AccessDenied|NotAuthorized|is not authorized/i.test(`${cause.name} ${cause.message}`))
      return true;
  }
  return false;
}
