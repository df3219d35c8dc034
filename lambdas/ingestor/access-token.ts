import { setTimeout as sleep } from 'node:timers/promises';
import { TokenError } from '../runtime/errors.js';
import type { Log } from '../runtime/log.js';
import { RefusedTokens } from './refused-tokens.js';
import type { AccessToken } from './token-request.js';
import { userOf } from './token-user.js';
import { ClaimedError, TokenSource, type TokenSourceOptions } from './token-source.js';

/** Provides bearer tokens for the ingestor. */
export interface AccessTokens {
  /**
   * Returns a token that is valid now. Throws TokenError and ConfigurationError; also if the ingestor refused a token
   * less than a minute after it was issued, because another one would be refused as well.
   */
  get(): Promise<string>;
  /** Reports a token that the ingestor refused, so that the next `get` does not return it. */
  forget(token: string): void;
  /** Returns the scopes that were sent for the last token; undefined if that is not known. */
  readonly scope?: () => string | undefined;
  /** Returns the user of the last token, under which the ingestor files what is posted; undefined if that is not known. */
  readonly user?: () => string | undefined;
  /**
   * Reads the client secret again, because it may have been rotated, and takes a token of that client. Does so at most once
   * a minute. Throws as `get` does; the old token then stays.
   */
  readonly refresh?: () => Promise<void>;
}

export interface AccessTokenOptions extends TokenSourceOptions {
  readonly now?: () => number;
  readonly random?: () => number;
}

/** Time that a renewal may take before the old token serves. The renewal goes on meanwhile. */
const RENEWAL_MS = 250;
/** Time between two attempts to renew a token that is still valid; up to a fifth is added by chance. */
const RENEW_AGAIN_MS = 30_000;
/** Time between two reads of the secret for another client. */
const REFRESH_MS = 60_000;
/** Time for which a failed request is not repeated if there is no token. */
const FAILURE_MS = 5_000;

/** Looks for a token in memory, then in the store, then at the token endpoint; `get` runs one look-up at a time. */
export class CachedTokens implements AccessTokens {
  readonly #source: TokenSource;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #refused: RefusedTokens;
  #current: AccessToken | undefined;
  #look: Promise<AccessToken> | undefined;
  #renewal: Promise<void> | undefined;
  #renewAfter = 0;
  #refresh: Promise<void> | undefined;
  #refreshAfter = 0;
  #failure: { readonly error: unknown; readonly until: number } | undefined;

  constructor({ now = Date.now, random = Math.random, ...options }: AccessTokenOptions) {
    this.#source = new TokenSource(options);
    this.#log = options.log;
    this.#now = now;
    this.#random = random;
    this.#refused = new RefusedTokens(now);
  }

  async get(): Promise<string> {
    this.#checkRefusedAtOnce();
    if (!this.#isValid(this.#current)) await this.#find();
    // A token that was found may be due for renewal, or have expired while it was looked for.
    if (this.#isDue(this.#current)) await this.#renewInTime();
    if (!this.#isValid(this.#current)) await this.#find();
    return this.#current?.value ?? '';
  }

  forget(token: string): void {
    this.#refused.add(token, this.#current);
  }

  scope(): string | undefined {
    return this.#source.scope;
  }

  user(): string | undefined {
    return this.#current === undefined ? undefined : userOf(this.#current.value);
  }

  refresh(): Promise<void> {
    if (this.#now() >= this.#refreshAfter) {
      this.#refreshAfter = this.#now() + REFRESH_MS;
      this.#refresh = this.#takeLatest();
    }
    return this.#refresh ?? Promise.resolve();
  }

  async #takeLatest(): Promise<void> {
    const accepts = (token: AccessToken) => this.#isValid(token);
    this.#current = await this.#source.obtain({ fresh: true, waits: true, accepts });
  }

  #isValid(token: AccessToken | undefined): token is AccessToken {
    return token !== undefined && token.expiresAt > this.#now() && !this.#refused.has(token.value);
  }

  #isFresh(token: AccessToken): boolean {
    return token.renewAt > this.#now() && this.#isValid(token);
  }

  #isDue(token: AccessToken | undefined): boolean {
    return token !== undefined && token.renewAt <= this.#now() && this.#now() >= this.#renewAfter;
  }

  #checkRefusedAtOnce(): void {
    const { age, left } = this.#refused.atOnce(this.#current) ?? {};
    if (age === undefined) return;
    throw new TokenError(
      `the ingestor refused an access token ${age} s after it was issued, so no other is requested for ${left} s: ` +
        "check that the ingestor's JWKS_URL belongs to the user pool of cognito_domain, that its clock is right, and " +
        `that it accepts the scopes that were sent: '${this.scope() ?? ''}'`,
    );
  }

  /** Finds a valid token, also one that is due for renewal. */
  async #find(): Promise<void> {
    if (this.#failure !== undefined && this.#failure.until > this.#now()) throw this.#failure.error;
    this.#look ??= this.#lookUp().finally(() => {
      this.#look = undefined;
    });
    this.#current = await this.#look;
  }

  async #lookUp(): Promise<AccessToken> {
    await this.#renewal;
    if (this.#isValid(this.#current)) return this.#current;
    try {
      const accepts = (token: AccessToken) => this.#isValid(token);
      const token = await this.#source.obtain({ fresh: this.#refused.any, waits: true, accepts });
      this.#failure = undefined;
      return token;
    } catch (error) {
      this.#failure = { error, until: this.#now() + FAILURE_MS };
      throw error;
    }
  }

  /** Waits for a renewal for a moment: a token endpoint that hangs must not delay what the old token can do. */
  async #renewInTime(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    const timer = new AbortController();
    const moment = sleep(RENEWAL_MS, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.#renewal, moment]);
    timer.abort();
  }

  /** Keeps the old token, which is valid until it expires, if no new one can be obtained. Never rejects. */
  async #renew(): Promise<void> {
    try {
      const accepts = (token: AccessToken) => this.#isFresh(token);
      this.#current = await this.#source.obtain({
        fresh: this.#refused.any,
        waits: false,
        accepts,
      });
    } catch (error) {
      this.#renewAfter = this.#now() + RENEW_AGAIN_MS * (1 + this.#random() / 5);
      if (error instanceof ClaimedError) return;
      this.#log.warn('cannot get a new access token: using the old one until it expires', {
        error: String(error),
      });
    }
  }
}
