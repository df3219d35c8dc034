import { randomUUID } from 'node:crypto';

import { CachedTokens, type AccessTokens } from '../../lambdas/ingestor/access-token.js';
import { ingestor, type Ingestor } from '../../lambdas/ingestor/client.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import { tokenIssuer } from '../token/issuer.js';
import type { ContainerSettings } from '../container/protocol.js';
import { startLocalIngestor } from '../ingestor/local-ingestor.js';
import type { ItemStore } from '../ingestor/item-store.js';
import { fixedToken, memoryTokenStore } from '../container/shared-token.js';
import { startTokenEndpoint } from '../token/endpoint.js';

/** URL of an ingestor, and the credentials for it. */
export type IngestorAccess = Pick<ContainerSettings, 'ingestorUrl' | 'secret' | 'token'>;

/** The ingestor that a run posts to: `local` starts one, `dry-run` posts nothing. */
export type RunTarget =
  | { readonly kind: 'local' | 'dry-run' }
  | { readonly kind: 'ingestor'; readonly access: IngestorAccess };

/** The ingestor of a run, ready for requests. */
export interface Endpoints {
  /** Settings with which the containers reach the ingestor. */
  readonly access: IngestorAccess;
  /** Client of the ingestor for this thread. Undefined in a dry run. */
  readonly ingestor: Ingestor | undefined;
  readonly close: () => Promise<void>;
}

/** Starts or connects to the ingestor. Throws TokenError if its credentials are not valid. */
export async function startEndpoints(target: RunTarget, store: ItemStore): Promise<Endpoints> {
  if (target.kind === 'dry-run')
    return { access: {}, ingestor: undefined, close: () => Promise.resolve() };
  if (target.kind === 'ingestor') {
    const { access } = target;
    const tokens = tokensOf(access);
    // Checked here, because with invalid credentials every message would wait for a token before it fails.
    await tokens?.get();
    return { access, ingestor: ingestorOf(access, tokens), close: () => Promise.resolve() };
  }
  const issuer = tokenIssuer(randomUUID());
  const [tokens, items] = await Promise.all([
    startTokenEndpoint({ issuer }),
    startLocalIngestor({
      store,
      requireCollection: true,
      checkToken: (token) => issuer.check(token),
    }),
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
