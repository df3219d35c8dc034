import type { TokenIssuer } from '../../../local/token/issuer.js';

export interface WatchedTokens {
  readonly issuer: TokenIssuer;
  /** Rejects all tokens from now on, as after a rotation of keys. */
  readonly revoke: () => void;
  readonly counts: { issued: number; needless: number };
}

/** Fraction of the lifetime of a token after which a client may request another. */
const RENEW_SHARE = 0.75;

/** Counts the tokens that are requested while the last one is still valid. */
export function watchedTokens(issuer: TokenIssuer, now: () => number = Date.now): WatchedTokens {
  const valid = new Set<string>();
  const counts = { issued: 0, needless: 0 };
  let goodUntil = 0;
  return {
    counts,
    issuer: {
      issue: (lifetimeSeconds) => {
        counts.issued += 1;
        if (now() < goodUntil) counts.needless += 1;
        goodUntil = now() + lifetimeSeconds * 1000 * RENEW_SHARE;
        const token = issuer.issue(lifetimeSeconds);
        valid.add(token);
        return token;
      },
      check: (token) => valid.has(token) && issuer.check(token),
    },
    revoke: () => {
      valid.clear();
      goodUntil = 0;
    },
  };
}
