import { randomUUID } from 'node:crypto';

import { CachedTokens, type AccessTokens } from '../../lambdas/ingestor/access-token.js';
import { ingestor, type Ingestor } from '../../lambdas/ingestor/client.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import { tokenIssuer } from '../token/issuer.js';
import type { ContainerSettings } from '../container/protocol.js';
import { startIngestor } from '../ingestor/ingestor.js';
import type { ItemStore } from '../ingestor/item-store.js';
import { fixedToken, memoryTokenStore } from '../container/shared-token.js';
import { startTokenEndpoint } from '../token/endpoint.js';

/** Where an ingestor is, and how to be let in. */
export type IngestorAccess = Pick<ContainerSettings, 'ingestorUrl' | 'secret' | 'token'>;

/** Where a run posts to. */
export type RunTarget =
  | { readonly kind: 'local' | 'dry-run' }
  | { readonly kind: 'ingestor'; readonly access: IngestorAccess };

/** What a run posts to. */
export interface Endpoints {
  /** For the containers. */
  readonly access: IngestorAccess;
  /** The same for this thread; undefined in a dry run. */
  readonly ingestor: Ingestor | undefined;
  readonly close: () => Promise<void>;
}

/** Throws TokenError where no token is to be had of the ingestor elsewhere. */
export async function startEndpoints(target: RunTarget, store: ItemStore): Promise<Endpoints> {
  if (target.kind === 'dry-run')
    return { access: {}, ingestor: undefined, close: () => Promise.resolve() };
  if (target.kind === 'ingestor') {
    const { access } = target;
    const tokens = tokensOf(access);
    // Wrong credentials would fail message after message, each after a wait for the others' token.
    await tokens?.get();
    return { access, ingestor: ingestorOf(access, tokens), close: () => Promise.resolve() };
  }
  const issuer = tokenIssuer(randomUUID());
  const [tokens, items] = await Promise.all([
    startTokenEndpoint({ issuer }),
    startIngestor({ store, requireCollection: true, checkToken: (token) => issuer.check(token) }),
  ]);
  const access = { ingestorUrl: items.url, secret: tokens.secret };
  return {
    access,
    ingestor: ingestorOf(access, tokensOf(access)),
    close: async () => {
      await Promise.all([tokens.close(), items.close()]);
    },
  };
}

function ingestorOf(
  { ingestorUrl }: IngestorAccess,
  tokens: AccessTokens | undefined,
): Ingestor | undefined {
  return ingestorUrl === undefined ? undefined : ingestor({ url: ingestorUrl, tokens });
}

function tokensOf({ token, secret }: IngestorAccess): AccessTokens | undefined {
  if (token !== undefined) return fixedToken(token);
  if (secret === undefined) return undefined;
  return new CachedTokens({
    readSecret: () => Promise.resolve(secret),
    store: memoryTokenStore(),
    log: silentLog,
  });
}
