import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSecret, ReadSecret } from './client-secret.js';
import type { Log } from '../runtime/log.js';
import { requestToken, type AccessToken } from './token-request.js';
import type { TokenStore } from './token-table.js';

export interface ObtainOptions {
  /** Whether to bypass the cache of the secret, because it may have been rotated. */
  readonly fresh: boolean;
  /** Whether a token of the store is good enough. */
  readonly accepts: (token: AccessToken) => boolean;
  /** Whether to wait for another container that is requesting a token; otherwise ClaimedError is thrown. */
  readonly waits: boolean;
}

/** Thrown when another container is requesting a token. */
export class ClaimedError extends Error {
  override readonly name = 'ClaimedError';
}

export interface TokenSourceOptions {
  readonly readSecret: ReadSecret;
  readonly store: TokenStore;
  readonly log: Log;
  readonly request?: (secret: ClientSecret) => Promise<AccessToken>;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** Called once for each request to the token endpoint. */
  readonly onRequest?: () => void;
}

/** Interval between two reads of the store while another container requests a token. */
const POLL_MS = 250;
const POLLS = 60;

/** Gets a token from the store, or requests one from the token endpoint if no other container is doing so. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  #scope: string | undefined;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  /** The scopes of the last token; undefined before the first. */
  get scope(): string | undefined {
    return this.#scope;
  }

  /** Throws TokenError, ConfigurationError and ClaimedError. */
  async obtain(wanted: ObtainOptions): Promise<AccessToken> {
    const { readSecret } = this.#options;
    const secret = await readSecret({ fresh: wanted.fresh });
    try {
      return await this.#sharedOrNew(secret, wanted);
    } catch (error) {
      if (error instanceof ClaimedError) throw error;
      // After a rotation of the secret, no token can be requested with the old one.
      const latest = await readSecret({ fresh: true });
      if (latest.client_id === secret.client_id && latest.client_secret === secret.client_secret)
        throw error;
      return this.#sharedOrNew(latest, wanted);
    }
  }

  async #sharedOrNew(secret: ClientSecret, wanted: ObtainOptions): Promise<AccessToken> {
    this.#scope = secret.scope;
    const found = await this.#tolerate(() => this.#fromStore(secret, wanted));
    if (found === 'taken') throw new ClaimedError('another container is requesting a token');
    return found ?? this.#fromEndpoint(secret);
  }

  /** Returns undefined if this container must request a token itself. */
  async #fromStore(
    secret: ClientSecret,
    wanted: ObtainOptions,
  ): Promise<AccessToken | 'taken' | undefined> {
    const { store, wait = sleep } = this.#options;
    for (let poll = 0; poll < POLLS; poll += 1) {
      const token = await store.read(secret);
      if (token !== undefined && wanted.accepts(token)) return token;
      if (await store.claim(secret)) return this.#writtenBeforeClaim(secret, wanted);
      if (!wanted.waits) return 'taken';
      await wait(POLL_MS);
    }
    return undefined;
  }

  /** Reads again after a claim, because another container may have written a token between the read and the claim. */
  async #writtenBeforeClaim(
    secret: ClientSecret,
    { accepts }: ObtainOptions,
  ): Promise<AccessToken | undefined> {
    const { store } = this.#options;
    const token = await store.read(secret);
    if (token === undefined || !accepts(token)) return undefined;
    // This releases the claim.
    await store.write(secret, token);
    return token;
  }

  /** Releases the claim if the request fails; otherwise every other container would wait until the claim ends. */
  async #fromEndpoint(secret: ClientSecret): Promise<AccessToken> {
    const { store, request = requestToken, onRequest } = this.#options;
    onRequest?.();
    try {
      const token = await request(secret);
      await this.#tolerate(() => store.write(secret, token));
      return token;
    } catch (error) {
      await this.#tolerate(async () => store.release?.(secret));
      throw error;
    }
  }

  /** The store only saves requests, so its errors are logged and not thrown. */
  async #tolerate<T>(use: () => Promise<T>): Promise<T | undefined> {
    try {
      return await use();
    } catch (error) {
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
      this.#options.log.warn('the state table cannot be used for the access token', { detail });
      return undefined;
    }
  }
}
