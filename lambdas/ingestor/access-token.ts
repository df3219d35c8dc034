import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSecret, ReadSecret } from './client-secret.js';
import type { Log } from '../runtime/log.js';
import type { TokenStore } from './token-table.js';
import { requestToken, type AccessToken } from './token-request.js';

/** Provides bearer tokens for the ingestor. */
export interface AccessTokens {
  /** Returns a token that is valid now. Throws TokenError and ConfigurationError. */
  get(): Promise<string>;
  /** Reports a token that the ingestor refused, so that the next `get` returns another one. */
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

/** Interval between two reads of the store while another container requests a token. */
const POLL_MS = 250;
const POLLS = 60;

/** Looks for a token in memory, then in the store, then at the token endpoint; `get` runs one look-up at a time. */
export class CachedTokens implements AccessTokens {
  readonly #options: AccessTokenOptions;
  readonly #now: () => number;
  #current: AccessToken | undefined;
  #refused: string | undefined;
  #pending: Promise<AccessToken> | undefined;

  constructor(options: AccessTokenOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async get(): Promise<string> {
    if (this.#isGood(this.#current)) return this.#current.value;
    this.#pending ??= this.#replace().finally(() => {
      this.#pending = undefined;
    });
    this.#current = await this.#pending;
    return this.#current.value;
  }

  forget(token: string): void {
    this.#refused = token;
  }

  #isGood(token: AccessToken | undefined): token is AccessToken {
    return token !== undefined && token.renewAt > this.#now() && token.value !== this.#refused;
  }

  /** Keeps the old token, which is valid until it expires, if no new one can be obtained. */
  async #replace(): Promise<AccessToken> {
    try {
      return await this.#renew();
    } catch (error) {
      const current = this.#current;
      if (current === undefined || current.value === this.#refused) throw error;
      if (current.expiresAt <= this.#now()) throw error;
      this.#options.log.warn('cannot get a new access token: using the old one until it expires', {
        error: String(error),
      });
      return current;
    }
  }

  async #renew(): Promise<AccessToken> {
    const { readSecret } = this.#options;
    // After a rotation of the secret, either the token is refused or no token can be requested.
    const secret = await readSecret({ fresh: this.#refused !== undefined });
    try {
      return await this.#sharedOrNew(secret);
    } catch (error) {
      const latest = await readSecret({ fresh: true });
      if (latest.client_id === secret.client_id && latest.client_secret === secret.client_secret)
        throw error;
      return this.#sharedOrNew(latest);
    }
  }

  async #sharedOrNew(secret: ClientSecret): Promise<AccessToken> {
    const shared = await this.#tolerate(() => this.#fromStore(secret));
    return shared ?? this.#fromEndpoint(secret);
  }

  /** Returns undefined if this container must request a token itself. */
  async #fromStore(secret: ClientSecret): Promise<AccessToken | undefined> {
    const { store, wait = sleep } = this.#options;
    for (let poll = 0; poll < POLLS; poll += 1) {
      const token = await store.read(secret);
      if (this.#isGood(token)) return token;
      if (await store.claim(secret)) return this.#writtenBeforeClaim(secret);
      await wait(POLL_MS);
    }
    return undefined;
  }

  /** Reads again after a claim, because another container may have written a token between the read and the claim. */
  async #writtenBeforeClaim(secret: ClientSecret): Promise<AccessToken | undefined> {
    const { store } = this.#options;
    const token = await store.read(secret);
    if (!this.#isGood(token)) return undefined;
    // This releases the claim.
    await store.write(secret, token);
    return token;
  }

  async #fromEndpoint(secret: ClientSecret): Promise<AccessToken> {
    const { store, request = requestToken, onRequest } = this.#options;
    onRequest?.();
    const token = await request(secret);
    await this.#tolerate(() => store.write(secret, token));
    return token;
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
