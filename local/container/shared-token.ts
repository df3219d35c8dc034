import type { AccessTokens } from '../../lambdas/ingestor/access-token.js';
import type { AccessToken } from '../../lambdas/ingestor/token-request.js';
import type { TokenStore } from '../../lambdas/ingestor/token-table.js';
import type { TokenRequest } from './protocol.js';

const CLAIM_MS = 15_000;

/** Stores the shared access token of one client in memory. In AWS it is in the state table. */
export function memoryTokenStore(now: () => number = Date.now): TokenStore {
  let token: AccessToken | undefined;
  let claimedUntil = 0;
  return {
    read: () => Promise.resolve(token),
    write: (_, written) => {
      token = written;
      claimedUntil = 0;
      return Promise.resolve();
    },
    claim: () => {
      const isFree = claimedUntil <= now();
      if (isFree) claimedUntil = now() + CLAIM_MS;
      return Promise.resolve(isFree);
    },
    release: () => {
      claimedUntil = 0;
      return Promise.resolve();
    },
  };
}

/** Always provides the given token, even after the ingestor rejected it. */
export function fixedToken(token: string): AccessTokens {
  return { get: () => Promise.resolve(token), forget: () => undefined };
}

// The store serves one client and ignores the secret.
const ANY = { cognito_domain: '', client_id: '', client_secret: '', scope: '' };

/** Performs a container's request on the token store. */
export async function handleTokenRequest(
  store: TokenStore,
  request: TokenRequest,
): Promise<unknown> {
  switch (request.kind) {
    case 'read':
      return store.read(ANY);
    case 'write':
      return store.write(ANY, request.token);
    case 'claim':
      return store.claim(ANY);
    case 'release':
      return store.release?.(ANY);
  }
}
