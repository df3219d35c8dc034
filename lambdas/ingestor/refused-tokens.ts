import { issuedAt, type AccessToken } from './token-request.js';

/** A token that is refused sooner after its issue is not replaced: the next one would be refused as well. */
const YOUNG_MS = 60_000;
/** Tokens that live for less than Cognito's minimum of five minutes are young for a fifth of their lifetime. */
const YOUNG_SHARE = 0.2;
const MAX_REMEMBERED = 16;

/** The tokens that the ingestor refused. */
export class RefusedTokens {
  readonly #now: () => number;
  /** Until when each token counts as refused. */
  readonly #until = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether a token was refused and may have to be replaced because of a rotated secret. */
  get any(): boolean {
    return this.#until.size > 0;
  }

  /**
   * Adds a token. If it is `current` and younger than a minute, it counts as refused for the rest of that minute; then it
   * is tried again, since an ingestor whose clock is slow accepts it then. An older token is not used again.
   */
  add(value: string, current: AccessToken | undefined): void {
    if (this.#until.get(value) === Infinity) return;
    const youngUntil = current?.value === value ? endOfYouth(current) : -Infinity;
    this.#until.set(value, this.#now() < youngUntil ? youngUntil : Infinity);
    const [oldest] = this.#until.keys();
    if (this.#until.size > MAX_REMEMBERED && oldest !== undefined) this.#until.delete(oldest);
  }

  has(value: string): boolean {
    return (this.#until.get(value) ?? -Infinity) > this.#now();
  }

  /** If the token was refused within a minute of its issue, and that minute has not passed: seconds since and until. */
  atOnce(token: AccessToken | undefined): { age: number; left: number } | undefined {
    if (token === undefined || !this.has(token.value)) return undefined;
    const until = this.#until.get(token.value) ?? Infinity;
    if (until === Infinity) return undefined;
    const left = Math.ceil((until - this.#now()) / 1000);
    const age = Math.floor((this.#now() - issuedAt(token)) / 1000);
    return { age, left };
  }
}

/** A token that is due for renewal is replaced in any case. */
function endOfYouth(token: AccessToken): number {
  const issued = issuedAt(token);
  const youngMs = Math.min(YOUNG_MS, (token.expiresAt - issued) * YOUNG_SHARE);
  return Math.min(issued + youngMs, token.renewAt);
}
