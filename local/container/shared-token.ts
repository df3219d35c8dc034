import type { AccessTokens } from '../../lambdas/ingestor/access-token.js';
import type { AccessToken } from '../../lambdas/ingestor/token-request.js';
import type { TokenStore } from '../../lambdas/ingestor/token-table.js';
import type { TokenRequest } from './protocol.js';

const CLAIM_MS = 15_000;

/** In AWS the state table keeps the token that containers share; here memory does, for one client. */
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
  };
}

/** A token as it is, for which no other can be had. */
export function fixedToken(token: string): AccessTokens {
  return { get: () => Promise.resolve(token), forget: () => undefined };
}

// The store is of one client, so it looks at no secret.
const ANY = { cognito_domain: '', client_id: '', client_secret: '', scope: '' };

/** Answers what containers ask of their common token. */
export async function answerTokenRequest(
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
  }
}
