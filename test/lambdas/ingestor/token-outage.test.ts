import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { CachedTokens, type AccessTokenOptions } from '../../../lambdas/ingestor/access-token.js';
import { ingestor } from '../../../lambdas/ingestor/client.js';
import type { ClientSecret } from '../../../lambdas/ingestor/client-secret.js';
import { TokenError } from '../../../lambdas/runtime/errors.js';
import type { AccessToken } from '../../../lambdas/ingestor/token-request.js';
import type { TokenStore } from '../../../lambdas/ingestor/token-table.js';
import { memoryTokenStore } from '../../../local/container/shared-token.js';
import { MemoryLog } from '../../support/backfill/collaborators.js';
import { exampleHandler, sqsRecord } from '../../support/granule.js';
import { json } from '../../support/http-server.js';
import { serverPerTest } from '../../support/test-server.js';

const secret: ClientSecret = {
  cognito_domain: 'https://auth.example.com',
  client_id: 'pipeline',
  client_secret: 'secret',
  scope: 'ingestor/write ingestor/read',
};
const HOUR_MS = 3_600_000;

let now = 1_700_000_000_000;
const clock = () => now;
const startServer = serverPerTest();

beforeEach(() => {
  now = 1_700_000_000_000;
});

type Endpoint = 'up' | 'down' | 'hangs';

/** A store, the token endpoint behind it, and the containers that share them. */
function cognito() {
  const state = { endpoint: 'up' as Endpoint, requests: 0, storeCalls: 0, waits: 0 };
  const memory = memoryTokenStore(clock);
  const counted =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      state.storeCalls += 1;
      return call(...args);
    };
  const store: TokenStore = {
    read: counted((given: ClientSecret) => memory.read(given)),
    write: counted((given: ClientSecret, token: AccessToken) => memory.write(given, token)),
    claim: counted((given: ClientSecret) => memory.claim(given)),
    release: counted((given: ClientSecret) => memory.release?.(given) ?? Promise.resolve()),
  };
  const request = (): Promise<AccessToken> => {
    state.requests += 1;
    if (state.endpoint === 'down') return Promise.reject(new TokenError('Cognito is down'));
    if (state.endpoint === 'hangs') return new Promise(() => undefined);
    const value = `token-${String(state.requests)}`;
    return Promise.resolve({ value, renewAt: now + 0.75 * HOUR_MS, expiresAt: now + HOUR_MS });
  };
  const container = (options: Partial<AccessTokenOptions> = {}) =>
    new CachedTokens({
      readSecret: () => Promise.resolve(secret),
      store,
      log: new MemoryLog(),
      request,
      now: clock,
      random: () => 0,
      wait: (ms) => {
        state.waits += 1;
        now += ms;
        return sleep(0);
      },
      ...options,
    });
  return { state, memory, container };
}

/** Returns how long a call took, in milliseconds, with its value. */
async function timed<T>(call: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const value = await call();
  return [value, performance.now() - started];
}

describe('while the token endpoint is down, an old token that is valid', () => {
  test('serves at once, without waiting and with few calls of the store', async () => {
    const { state, container } = cognito();
    const tokens = container();
    const old = await tokens.get();
    now += 0.8 * HOUR_MS;
    Object.assign(state, { endpoint: 'down', requests: 0, storeCalls: 0 });

    const values = await Promise.all(Array.from({ length: 100 }, () => tokens.get()));
    for (let batch = 0; batch < 20; batch += 1) values.push(await tokens.get());

    expect(new Set(values)).toEqual(new Set([old]));
    expect([state.requests, state.waits]).toEqual([1, 0]);
    expect(state.storeCalls).toBeLessThanOrEqual(5);
  });

  test('is renewed again after 30 s, and not before', async () => {
    const { state, container } = cognito();
    const tokens = container();
    await tokens.get();
    now += 0.8 * HOUR_MS;
    Object.assign(state, { endpoint: 'down', requests: 0 });
    await tokens.get();

    now += 29_999;
    await tokens.get();
    expect(state.requests).toBe(1);
    state.endpoint = 'up';
    now += 1;

    expect(await tokens.get()).toBe('token-2');
    expect(state.waits).toBe(0);
  });

  test('is renewed at different times by different containers', async () => {
    const { state, container } = cognito();
    const tokens = container({ random: () => 0.999 });
    await tokens.get();
    now += 0.8 * HOUR_MS;
    Object.assign(state, { endpoint: 'down', requests: 0 });
    await tokens.get();

    now += 35_000;
    await tokens.get();
    expect(state.requests).toBe(1);
    now += 1_000;
    await tokens.get();
    expect(state.requests).toBe(2);
  });

  test('serves also if the endpoint hangs, and the new one as soon as it comes', async () => {
    const { state, container } = cognito();
    let answer: (token: AccessToken) => void = () => undefined;
    let hangs = false;
    const tokens = container({
      request: () => {
        state.requests += 1;
        const token = { value: `t${String(state.requests)}`, renewAt: now + 0.75 * HOUR_MS };
        const made = { ...token, expiresAt: now + HOUR_MS };
        if (!hangs) return Promise.resolve(made);
        return new Promise((resolve) => {
          answer = () => {
            resolve(made);
          };
        });
      },
    });
    await tokens.get();
    now += 0.8 * HOUR_MS;
    hangs = true;

    const [value, milliseconds] = await timed(() => tokens.get());
    expect(value).toBe('t1');
    expect(milliseconds).toBeLessThan(1_000);

    answer({ value: '', renewAt: 0, expiresAt: 0 });
    await sleep(0);
    expect(await tokens.get()).toBe('t2');
    expect(state.requests).toBe(2);
  });

  test('serves a container that starts during the outage, from the store', async () => {
    const { state, container } = cognito();
    const old = await container().get();
    now += 0.8 * HOUR_MS;
    Object.assign(state, { endpoint: 'down', requests: 0 });

    const values = [];
    for (let index = 0; index < 3; index += 1) values.push(await container().get());

    expect(values).toEqual([old, old, old]);
    expect(state.waits).toBe(0);
  });

  test('serves while another container is requesting a token', async () => {
    const { state, memory, container } = cognito();
    const tokens = container();
    const old = await tokens.get();
    now += 0.8 * HOUR_MS;
    expect(await memory.claim(secret)).toBe(true);

    expect(await tokens.get()).toBe(old);
    expect([state.requests, state.waits]).toEqual([1, 0]);
  });
});

describe('without a token', () => {
  test('a claim whose request failed is released, so that the next container does not wait', async () => {
    const { state, memory, container } = cognito();
    state.endpoint = 'down';

    await expect(container().get()).rejects.toThrow('Cognito is down');

    expect(await memory.claim(secret)).toBe(true);
  });

  test('all records of a batch share one failed request', async () => {
    const { state, container } = cognito();
    state.endpoint = 'down';
    const tokens = container();

    for (let record = 0; record < 100; record += 1) {
      await expect(tokens.get()).rejects.toThrow('Cognito is down');
    }
    expect([state.requests, state.waits]).toEqual([1, 0]);

    now += 5_000;
    state.endpoint = 'up';
    expect(await tokens.get()).toBe('token-2');
  });
});

describe('an ingestor that refuses every token', () => {
  function refusing(accepts: (token: string) => boolean = () => false) {
    return startServer((request, response) => {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      const status = accepts(token) ? 201 : 401;
      json(status, { detail: 'Not authenticated' })(request, response);
    });
  }

  /** Runs a batch of `count` messages. */
  async function batch(url: string, tokens: CachedTokens, count = 100) {
    const { postItem } = ingestor({ url, tokens });
    const example = exampleHandler({}, { postItem });
    const names = Array.from({ length: count }, (_, index) => ({ name: `i${String(index)}` }));
    const failed = await example.run(names.map((name) => sqsRecord(name)));
    const reasons = example.lines.flatMap(({ fields }) => fields?.['reason'] ?? []);
    return { failed, reasons, posted: count - failed.length };
  }

  test('costs one token request and one more post for a batch whose token is old', async () => {
    const { url, seen } = await refusing();
    const { state, container } = cognito();
    const tokens = container();
    await tokens.get();
    now += 120_000;

    const { failed, reasons } = await batch(url, tokens);

    expect(failed).toHaveLength(100);
    // The first token, and the one that replaces it.
    expect(state.requests).toBe(2);
    // Sixteen posts are sent at the same time with the old token, one with the new.
    expect(seen.length).toBeLessThanOrEqual(17);
    for (const reason of reasons) {
      expect(reason).toContain("the scopes that were sent: 'ingestor/write ingestor/read'");
    }
  });

  test('costs no token request for a batch whose token was issued within the last minute', async () => {
    const { url, seen } = await refusing();
    const { state, container } = cognito();

    await batch(url, container());
    await batch(url, container());

    expect(state.requests).toBe(1);
    expect(seen.length).toBeLessThanOrEqual(32);
  });

  test('costs a container one token request a minute', async () => {
    const { url } = await refusing();
    const { state, container } = cognito();
    const tokens = container();

    for (let second = 0; second < 600; second += 10) {
      await batch(url, tokens, 3);
      now += 10_000;
    }

    expect(state.requests).toBeLessThanOrEqual(11);
  });

  test('gets the same token again after a minute, since its clock may have been slow', async () => {
    const good = new Set<string>();
    const { url } = await refusing((token) => good.has(token));
    const { state, container } = cognito();
    const tokens = container();
    expect((await batch(url, tokens, 3)).posted).toBe(0);
    good.add('token-1');

    now += 59_000;
    expect((await batch(url, tokens, 3)).posted).toBe(0);
    now += 1_000;
    expect((await batch(url, tokens, 3)).posted).toBe(3);
    expect(state.requests).toBe(1);
  });

  test('of old keys accepts the new token, with which all records are posted', async () => {
    const { url } = await refusing((token) => token !== 'token-1');
    const { state, container } = cognito();
    const tokens = container();
    await tokens.get();
    now += 60_000;

    const { posted } = await batch(url, tokens);

    expect([posted, state.requests]).toEqual([100, 2]);
  });
});
