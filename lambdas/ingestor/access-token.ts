import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSecret, ReadSecret } from './client-secret.js';
import type { Log } from '../runtime/log.js';
import type { TokenStore } from './token-table.js';
import { requestToken, type AccessToken } from './token-request.js';

/** Bearer tokens for the ingestor. */
export interface AccessTokens {
  /** A token that is good now. Throws TokenError and ConfigurationError. */
  get(): Promise<string>;
  /** To be called with a token that the ingestor refused: the next `get` gives another. */
  forget(token: string): void;
}

export interface AccessTokenOptions {
  readonly readSecret: ReadSecret;
  readonly store: TokenStore;
  readonly log: Log;
  readonly request?: (secret: ClientSecret) => Promise<AccessToken>;
  readonly now?: () => number;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** Called once for each request to the token endpoint. */
  readonly onRequest?: () => void;
}

const POLL_MS = 250;
const POLLS = 60;

/** Memory, then the table, then the token endpoint; in one container at most one look-up is under way at a time. */
export function accessTokens({
  readSecret,
  store,
  log,
  request = requestToken,
  now = Date.now,
  wait = sleep,
  onRequest,
}: AccessTokenOptions): AccessTokens {
  let current: AccessToken | undefined;
  let refused: string | undefined;
  let underWay: Promise<AccessToken> | undefined;

  const isGood = (token: AccessToken | undefined): token is AccessToken =>
    token !== undefined && token.renewAt > now() && token.value !== refused;

  async function renew(): Promise<AccessToken> {
    // A refused token, or no token at all, is how a rotated secret shows.
    const secret = await readSecret({ fresh: refused !== undefined });
    try {
      return await sharedOrNew(secret);
    } catch (error) {
      const latest = await readSecret({ fresh: true });
      if (latest.client_id === secret.client_id && latest.client_secret === secret.client_secret)
        throw error;
      return sharedOrNew(latest);
    }
  }

  async function sharedOrNew(secret: ClientSecret): Promise<AccessToken> {
    const shared = await tolerate(() => fromStore(secret));
    return shared ?? fromEndpoint(secret);
  }

  async function fromStore(secret: ClientSecret): Promise<AccessToken | undefined> {
    for (let poll = 0; poll < POLLS; poll += 1) {
      const token = await store.read(secret);
      if (isGood(token)) return token;
      if (await store.claim(secret)) return undefined;
      await wait(POLL_MS);
    }
    return undefined;
  }

  async function fromEndpoint(secret: ClientSecret): Promise<AccessToken> {
    onRequest?.();
    const token = await request(secret);
    await tolerate(() => store.write(secret, token));
    return token;
  }

  /** The table only saves requests: without it a token is had all the same. */
  async function tolerate<T>(use: () => Promise<T>): Promise<T | undefined> {
    try {
      return await use();
    } catch (error) {
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
      log.warn('the state table cannot be used for the access token', { detail });
      return undefined;
    }
  }

  /** Between renewal and expiry the old token still serves, should no new one be had. */
  async function replace(): Promise<AccessToken> {
    try {
      return await renew();
    } catch (error) {
      if (current === undefined || current.value === refused || current.expiresAt <= now())
        throw error;
      log.warn('no new access token: the old one serves until it expires', {
        error: String(error),
      });
      return current;
    }
  }

  return {
    get: async () => {
      if (isGood(current)) return current.value;
      underWay ??= replace().finally(() => {
        underWay = undefined;
      });
      current = await underWay;
      return current.value;
    },
    forget: (token) => {
      refused = token;
    },
  };
}
