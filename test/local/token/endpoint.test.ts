import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { tokenIssuer } from '../../../local/token/issuer.js';
import { faultPlan } from '../../../local/http/faults.js';
import { startTokenEndpoint, type TokenEndpoint } from '../../../local/token/endpoint.js';

let now = 1_700_000_000_000;
const issuer = tokenIssuer('key', () => now);
let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await startTokenEndpoint({
    issuer,
    clientSecret: 'se+cret/=:x',
    scopes: ['stac:register'],
    lifetimeSeconds: 60,
    faults: faultPlan([
      { fault: { kind: 'status', status: 429 }, when: ({ path }) => path === '/busy' },
    ]),
  });
});

afterEach(() => endpoint.close());

interface Ask {
  readonly body?: string;
  readonly secret?: string;
  readonly contentType?: string;
  readonly method?: string;
  readonly path?: string;
}

async function ask(options: Ask = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const { client_id: id, client_secret: secret } = endpoint.secret;
  const method = options.method ?? 'POST';
  const response = await fetch(endpoint.url + (options.path ?? '/oauth2/token'), {
    method,
    headers: {
      'content-type': options.contentType ?? 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${id}:${options.secret ?? secret}`).toString('base64')}`,
    },
    ...(method === 'POST' && {
      body: options.body ?? 'grant_type=client_credentials&scope=stac:register',
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the token endpoint', () => {
  test('issues a token that expires', async () => {
    const { status, body } = await ask();

    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 60,
      token_type: 'Bearer',
    });
    const token = String(body['access_token']);
    expect(issuer.check(token)).toBe(true);
    now += 61_000;
    expect(issuer.check(token)).toBe(false);
  });

  test.each<[string, Ask, number, string]>([
    ['another secret', { secret: 'wrong' }, 400, 'invalid_client'],
    ['a JSON body', { contentType: 'application/json', body: '{}' }, 400, 'invalid_request'],
    ['another grant', { body: 'grant_type=password' }, 400, 'unsupported_grant_type'],
    [
      'an unknown scope',
      { body: 'grant_type=client_credentials&scope=admin' },
      400,
      'invalid_scope',
    ],
    ['a GET', { method: 'GET' }, 405, 'method_not_allowed'],
    ['another path', { path: '/token' }, 404, 'not_found'],
  ])('refuses %s', async (...[, options, status, error]) => {
    expect(await ask(options)).toEqual({ status, body: { error } });
  });

  test('counts requests and applies fault plans', async () => {
    expect((await ask({ path: '/busy' })).status).toBe(429);
    await ask();

    expect(endpoint.requestCount()).toBe(2);
  });

  test('accepts only the new secret after a rotation', async () => {
    endpoint.rotate('new');

    expect((await ask()).status).toBe(400);
    expect((await ask({ secret: 'new' })).status).toBe(200);
  });
});

test.each(['', 'abc', 'a.b.c', 'a.b.'])("a token that was not issued is refused: '%s'", (token) => {
  expect(issuer.check(token)).toBe(false);
});
