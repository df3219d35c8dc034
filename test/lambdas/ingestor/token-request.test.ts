import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ClientSecret } from '../../../lambdas/ingestor/client-secret.js';
import { TokenError } from '../../../lambdas/runtime/errors.js';
import type { HttpRequest, SendHttp } from '../../../lambdas/runtime/http.js';
import { requestToken, type AccessToken } from '../../../lambdas/ingestor/token-request.js';
import { inTurn, json, type Answer } from '../../support/http-server.js';
import { serverPerTest, type TestServer } from '../../support/test-server.js';

const secret: ClientSecret = {
  cognito_domain: 'https://auth.example.com',
  client_id: 'pipeline',
  client_secret: 'sécret',
  scope: 'ingestor/write',
};

/** A clock that leaves time for one request: a second one would be past the deadline. */
function once(): () => number {
  let now = 0;
  return () => (now += 30_000);
}

async function refusal(status: number, body: string): Promise<unknown> {
  const send: SendHttp = () => Promise.resolve({ status, headers: {}, body: Buffer.from(body) });
  return requestToken(secret, send, once()).catch((error: unknown) => error);
}

test('the request times out after ten seconds, accepts JSON and has the id and secret as UTF-8', async () => {
  const sent: HttpRequest[] = [];
  const send: SendHttp = (request) => {
    sent.push(request);
    return Promise.resolve({ status: 200, headers: {}, body: Buffer.from('{"access_token":"t"}') });
  };

  await requestToken(secret, send);

  expect(sent).toEqual([
    {
      method: 'POST',
      url: 'https://auth.example.com/oauth2/token',
      timeoutMs: 10_000,
      headers: {
        authorization: `Basic ${Buffer.from('pipeline:sécret').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: 'grant_type=client_credentials&scope=ingestor%2Fwrite',
    },
  ]);
});

test.each([
  ['{"error" : "invalid_client"}', ' (invalid_client)'],
  ['{"error":\n"invalid_client"}', ' (invalid_client)'],
  ['{"error":"<script>"}', ''],
  ['', ''],
])(
  'a refusal with %j is the error "HTTP status 400%s", which says what to check',
  async (body, code) => {
    expect(String(await refusal(400, body))).toBe(
      `TokenError: https://auth.example.com/oauth2/token returned no token: HTTP status 400${code}: ` +
        'check cognito_domain, client_id, client_secret and scope in the secret',
    );
  },
);

test.each([500, 503])('the error for status %i does not blame the secret', async (status) => {
  expect(String(await refusal(status, ''))).toBe(
    `TokenError: https://auth.example.com/oauth2/token returned no token: HTTP status ${String(status)}`,
  );
});

test.each([
  [new Error('getaddrinfo ENOTFOUND'), 'getaddrinfo ENOTFOUND'],
  ['not an Error', 'unknown error'],
])('an error with %p names the URL and keeps the cause', async (cause, detail) => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the test is about
  const send = () => Promise.reject(cause);

  const error: unknown = await requestToken(secret, send, once()).catch((e: unknown) => e);

  expect(error).toBeInstanceOf(TokenError);
  expect(error).toMatchObject({
    message: `https://auth.example.com/oauth2/token cannot be reached: ${detail}`,
    cause,
  });
});

describe('the token endpoint', () => {
  const secret: ClientSecret = {
    cognito_domain: 'https://auth.example.com',
    client_id: 'pipeline',
    client_secret: 'se+cret/=:x',
    scope: 'ingestor/write',
  };
  let now = 1_700_000_000_000;
  const clock = () => now;
  const startServer = serverPerTest();
  let server: TestServer | undefined;

  beforeEach(() => {
    now = 1_700_000_000_000;
  });

  async function request(...responses: Answer[]): Promise<AccessToken> {
    server = await startServer(inTurn(...responses));
    return requestToken({ ...secret, cognito_domain: server.url }, undefined, clock);
  }

  test('[D07] [D08] gets a POST with a form, and the id and secret in base64, not percent-encoded', async () => {
    await request(json(200, { access_token: 't', expires_in: 3600 }));

    expect(server?.seen).toEqual([
      {
        method: 'POST',
        url: '/oauth2/token',
        headers: expect.objectContaining({
          authorization: `Basic ${Buffer.from('pipeline:se+cret/=:x').toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        }) as unknown,
        body: 'grant_type=client_credentials&scope=ingestor%2Fwrite',
      },
    ]);
  });

  test('[D11] returns a token whose lifetime starts at the response, and which is not parsed', async () => {
    const token = await request(json(200, { access_token: 'not.a.jwt', expires_in: 100 }));

    expect(token).toEqual({ value: 'not.a.jwt', renewAt: now + 75_000, expiresAt: now + 100_000 });
  });

  test.each([
    ['3600', 3_600_000],
    [undefined, 300_000],
    ['soon', 300_000],
    [0, 300_000],
  ])('[D13] with expires_in %p gives a lifetime of %i ms', async (expiresIn, lifetime) => {
    const token = await request(json(200, { access_token: 't', expires_in: expiresIn }));

    expect(token.expiresAt - now).toBe(lifetime);
  });

  test.each<[string, Answer]>([
    ['429', json(429, '')],
    ['400 with TooManyRequests', json(400, { error: 'TooManyRequestsException' })],
    ['500', json(500, '')],
  ])('[D05] gets another request after %s', async (_name, busy) => {
    const token = await request(busy, json(200, { access_token: 't' }));

    expect(token.value).toBe('t');
    expect(server?.seen).toHaveLength(2);
  });

  test('[D05] gets no other request before the time in Retry-After', async () => {
    // Waiting for an hour would be past the deadline, so there is no second request.
    await expect(request(json(429, '', { 'retry-after': '3600' }))).rejects.toThrow(/429/);

    expect(server?.seen).toHaveLength(1);
  });

  test('that cannot be reached is an error with its URL', async () => {
    const send = () => Promise.reject(new Error('getaddrinfo ENOTFOUND'));
    // Leaves no time for a second request.
    const late = () => (now += 60_000);

    const token = requestToken(secret, send, late);

    await expect(token).rejects.toBeInstanceOf(TokenError);
    await expect(token).rejects.toThrow(
      /^https:\/\/auth.example.com\/oauth2\/token cannot be reached: getaddrinfo ENOTFOUND$/,
    );
  });

  test('[D10] that returns no access_token is an error that does not quote the body', async () => {
    const failure = request(json(200, { id_token: 'secret-id-token' }));

    await expect(failure).rejects.toThrow(/returned 200 without an access_token$/);
  });

  test('that refuses the scopes is asked once, and the error names the scopes that were sent', async () => {
    const error: unknown = await request(json(400, { error: 'invalid_scope' })).catch(
      (thrown: unknown) => thrown,
    );

    expect(error).toMatchObject({
      name: 'TokenError',
      message: expect.stringContaining(
        "HTTP status 400 (invalid_scope): the app client does not allow the scopes that were sent, 'ingestor/write'",
      ) as unknown,
    });
    expect(server?.seen).toHaveLength(1);
  });

  test('that refuses the client is asked once', async () => {
    await expect(request(json(401, { error: 'invalid_client' }))).rejects.toThrow('invalid_client');

    expect(server?.seen).toHaveLength(1);
  });

  test('that refuses the client is an error that says what to check and quotes no secret', async () => {
    const error: unknown = await request(
      json(400, { error: 'invalid_client', hint: 'se+cret' }),
    ).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(TokenError);
    expect(String(error)).toMatch(/HTTP status 400 \(invalid_client\): check cognito_domain/);
    expect(String(error)).not.toContain('se+cret');
  });
});
