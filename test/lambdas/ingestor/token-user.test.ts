import { describe, expect, test } from '@jest/globals';
import { CachedTokens } from '../../../lambdas/ingestor/access-token.js';
import type { ClientSecret } from '../../../lambdas/ingestor/client-secret.js';
import { userOf } from '../../../lambdas/ingestor/token-user.js';
import { silentLog } from '../../../lambdas/runtime/log.js';

/** A token with these claims, without a valid signature. */
function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.signature`;
}

describe('the user of a token', () => {
  test('is its claim sub', () => {
    expect(userOf(tokenOf({ sub: 'client-ü', client_id: 'other' }))).toBe('client-ü');
  });

  test.each(['', 'opaque', 'a.b.c', tokenOf({ client_id: 'c' }), tokenOf({ sub: 5 })])(
    'is unknown in %j',
    (token) => {
      expect(userOf(token)).toBeUndefined();
    },
  );
});

describe('a client that was rotated while its token is valid', () => {
  const HOUR_MS = 3_600_000;

  function container() {
    const stored = { client_id: 'old' };
    let cached: string = stored.client_id;
    let now = 1_700_000_000_000;
    const reads: boolean[] = [];
    const tokens = new CachedTokens({
      readSecret: ({ fresh }) => {
        reads.push(fresh);
        if (fresh) cached = stored.client_id;
        const secret: ClientSecret = {
          cognito_domain: 'https://auth.example.com',
          client_id: cached,
          client_secret: 's',
          scope: 'ingestor/write',
        };
        return Promise.resolve(secret);
      },
      store: {
        read: () => Promise.resolve(undefined),
        claim: () => Promise.resolve(true),
        write: () => Promise.resolve(),
      },
      log: silentLog,
      now: () => now,
      request: ({ client_id: sub }) =>
        Promise.resolve({
          value: tokenOf({ sub }),
          renewAt: now + 0.75 * HOUR_MS,
          expiresAt: now + HOUR_MS,
        }),
    });
    const pass = (ms: number) => {
      now += ms;
    };
    return { tokens, stored, reads, pass };
  }

  test('is the user of the next token after `refresh`, at most once a minute', async () => {
    const { tokens, stored, reads, pass } = container();
    expect(tokens.user()).toBeUndefined();
    await tokens.get();
    stored.client_id = 'new';

    await tokens.get();
    expect(tokens.user()).toBe('old');

    await Promise.all([tokens.refresh(), tokens.refresh()]);
    expect(tokens.user()).toBe('new');
    expect(userOf(await tokens.get())).toBe('new');
    expect(reads).toEqual([false, true]);

    pass(59_999);
    await tokens.refresh();
    expect(reads).toHaveLength(2);
    pass(1);
    await tokens.refresh();
    expect(reads).toHaveLength(3);
  });
});
