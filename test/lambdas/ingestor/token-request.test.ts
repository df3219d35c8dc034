import { expect, test } from '@jest/globals';
import type { ClientSecret } from '../../../lambdas/ingestor/client-secret.js';
import { TokenError } from '../../../lambdas/runtime/errors.js';
import type { HttpRequest, SendHttp } from '../../../lambdas/runtime/http.js';
import { requestToken } from '../../../lambdas/ingestor/token-request.js';

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
