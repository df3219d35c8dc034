import type { AccessTokens } from './access-token.js';

/** Sends a request with a token, and says whether the ingestor refused the token. */
export interface Tried<R> {
  readonly response: R;
  readonly isRefused: boolean;
}

interface Trial<R> {
  readonly refused: string;
  readonly next: Promise<string>;
  /** The response of the first request with the next token if that was refused too. */
  readonly refusal: Promise<R | undefined>;
}

/**
 * Replaces a token that the ingestor refused, once for all requests: the first one tries the next token, and the others
 * follow only if it was not refused.
 */
export class TokenTrials<R> {
  readonly #tokens: AccessTokens;
  #trial: Trial<R> | undefined;

  constructor(tokens: AccessTokens) {
    this.#tokens = tokens;
  }

  /**
   * Returns the response to the request with the next token, or that of the trial if it was refused. Throws what `send`
   * and `get` throw.
   */
  async retry(refused: string, send: (token: string) => Promise<Tried<R>>): Promise<R> {
    const running = this.#trial?.refused === refused ? this.#trial : undefined;
    if (running === undefined) return this.#begin(refused, send);
    const next = await running.next;
    const refusal = await running.refusal;
    return refusal ?? (await this.#sent(next, send)).response;
  }

  async #begin(refused: string, send: (token: string) => Promise<Tried<R>>): Promise<R> {
    this.#tokens.forget(refused);
    const next = this.#tokens.get();
    const tried = next.then((token) => this.#sent(token, send));
    const refusal = tried.then(
      ({ response, isRefused }) => (isRefused ? response : undefined),
      () => undefined,
    );
    const trial: Trial<R> = { refused, next, refusal };
    this.#trial = trial;
    next.catch(() => {
      // There was no next token; a later request may get one.
      if (this.#trial === trial) this.#trial = undefined;
    });
    return (await tried).response;
  }

  async #sent(token: string, send: (token: string) => Promise<Tried<R>>): Promise<Tried<R>> {
    const tried = await send(token);
    if (tried.isRefused) this.#tokens.forget(token);
    return tried;
  }
}
