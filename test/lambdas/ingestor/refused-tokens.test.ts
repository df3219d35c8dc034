import { describe, expect, test } from '@jest/globals';
import { RefusedTokens } from '../../../lambdas/ingestor/refused-tokens.js';

/** A token that was issued at 0 and is renewed after 75 % of its lifetime. */
const tokenOf = (lifetimeMs: number) => ({
  value: 'one',
  renewAt: lifetimeMs * 0.75,
  expiresAt: lifetimeMs,
});

/** Whether a token that is refused right after its issue still counts as refused after some time. */
function refusedAfter(lifetimeMs: number): (ms: number) => boolean {
  let now = 0;
  const refused = new RefusedTokens(() => now);
  refused.add('one', tokenOf(lifetimeMs));
  return (ms) => {
    now = ms;
    return refused.has('one');
  };
}

describe('a token that is refused right after its issue', () => {
  test.each([300_000, 3_600_000, 86_400_000])(
    'is not tried again for a minute if it lives for %d ms',
    (lifetimeMs) => {
      const isRefused = refusedAfter(lifetimeMs);

      expect([1_000, 58_000, 62_000].map(isRefused)).toEqual([true, true, false]);
    },
  );

  test('is not tried again for a fifth of its lifetime if that is less than a minute', () => {
    const isRefused = refusedAfter(8_000);

    expect([1_000, 1_500, 1_700].map(isRefused)).toEqual([true, true, false]);
  });
});
