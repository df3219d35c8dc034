import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AccessTokens } from '../../../lambdas/ingestor/access-token.js';
import { ingestor } from '../../../lambdas/ingestor/client.js';
import { ingestorReader } from '../../../lambdas/ingestor/reader.js';
import type { HttpResponse, HttpRequest } from '../../../lambdas/runtime/http.js';
import { startLocalIngestor, type LocalIngestor } from '../../../local/ingestor/local-ingestor.js';
import { exampleItem } from '../../support/granule.js';

let server: LocalIngestor;
const valid = new Set(['good']);

beforeEach(async () => {
  server = await startLocalIngestor({ checkToken: (token) => valid.has(token) });
  const posts = ingestor({ url: server.url, tokens: fixed('good') });
  for (const id of ['a b/c', 'second']) {
    const item = exampleItem(id, { collection: 'example' });
    await posts.postItem(item, { deadline: Date.now() + 1000 });
  }
});

afterEach(() => server.close());

function fixed(...values: string[]): AccessTokens & { readonly forgotten: string[] } {
  const forgotten: string[] = [];
  return {
    forgotten,
    get: () => Promise.resolve(values[forgotten.length] ?? ''),
    forget: (token) => {
      forgotten.push(token);
    },
  };
}

function respondingWith(status: number, body: string) {
  const response: HttpResponse = { status, headers: {}, body: Buffer.from(body) };
  const send = () => Promise.resolve(response);
  return ingestorReader({ url: 'http://i', tokens: undefined, send, tries: 1 });
}

test('an ingestion is found by its id, which may have any characters', async () => {
  server.setStatus('a b/c', 'failed', 'pgSTAC said no');

  const found = await ingestorReader({ url: server.url, tokens: fixed('good') }).getIngestion(
    'a b/c',
  );

  expect(found).toEqual({
    id: 'a b/c',
    status: 'failed',
    message: 'pgSTAC said no',
    collection: 'example',
    updatedAt: expect.stringMatching(/Z$/) as unknown as string,
  });
});

test('an unknown Item is missing, and a wrong path is an error', async () => {
  const reader = ingestorReader({ url: server.url, tokens: fixed('good') });

  await expect(reader.getIngestion('unknown')).resolves.toBe('missing');
  await expect(respondingWith(404, '{"detail":"Not Found"}').getIngestion('a')).rejects.toThrow(
    'GET http://i/ingestions/a returned 404: {"detail":"Not Found"}',
  );
});

test('a refused token is discarded, and the next one is used', async () => {
  const tokens = fixed('old', 'good');

  const found = await ingestorReader({ url: server.url, tokens }).getIngestion('second');

  expect(found).toMatchObject({ status: 'queued' });
  expect(tokens.forgotten).toEqual(['old']);
});

test('the list of one status needs no token', async () => {
  server.setStatus('second', 'succeeded');

  const page = await ingestorReader({ url: server.url, tokens: undefined }).listIngestions(
    'succeeded',
  );

  expect(page).toEqual({
    hasMore: false,
    ingestions: [
      expect.objectContaining({ id: 'second', collection: 'example', message: undefined }),
    ],
  });
});

test('a page that has a next page says that there is more', async () => {
  const reader = respondingWith(200, '{"items":[],"next":"eyJpZCI6MX0="}');

  await expect(reader.listIngestions('failed')).resolves.toEqual({ ingestions: [], hasMore: true });
});

test.each([
  [
    500,
    'Internal Server Error',
    { message: 'returned 500: Internal Server Error', kind: 'transient' },
  ],
  [429, '', { message: 'returned 429: (no body)', kind: 'transient' }],
  [
    403,
    '{"message":"Forbidden"}',
    { message: 'returned 403: {"message":"Forbidden"}', kind: 'permanent' },
  ],
  [
    200,
    '<html>',
    { message: 'returned 200 with a body that is not an ingestion', kind: 'permanent' },
  ],
])('a response %i %s is an error that quotes it', async (status, body, { message, kind }) => {
  const call = respondingWith(status, body).listIngestions('failed');

  await expect(call).rejects.toMatchObject({
    kind,
    message: expect.stringContaining(message) as unknown as string,
  });
});

test('a request without a response is a transient error', async () => {
  const send = () => Promise.reject(new Error('ECONNREFUSED'));
  const reader = ingestorReader({ url: 'http://i/', tokens: undefined, send, tries: 1 });

  await expect(reader.getIngestion('a')).rejects.toMatchObject({
    kind: 'transient',
    message: 'GET http://i/ingestions/a got no response: ECONNREFUSED',
  });
});

test('a request to a busy ingestor is retried', async () => {
  const statuses = [503, 200];
  const body = Buffer.from('{"id":"a","status":"queued"}');
  const send = () => Promise.resolve({ status: statuses.shift() ?? 0, headers: {}, body });

  const found = await ingestorReader({ url: 'http://i', tokens: undefined, send }).getIngestion(
    'a',
  );

  expect(found).toMatchObject({ status: 'queued' });
});

/** A reader that gets these responses one after the other, and the requests that it sent. */
function readerOf(responses: readonly [number, string][], tokens?: AccessTokens) {
  const left = [...responses];
  const requests: HttpRequest[] = [];
  const send = (request: HttpRequest) => {
    requests.push(request);
    const [status, body] = left.shift() ?? [0, ''];
    return Promise.resolve({ status, headers: {}, body: Buffer.from(body) });
  };
  const reader = ingestorReader({ url: 'http://i//', tokens, send });
  return { reader, requests, left };
}

const QUEUED = '{"id":"a","status":"queued"}';

test('a request accepts JSON, and has a token only if there is one', async () => {
  const [without, withToken] = [readerOf([[200, QUEUED]]), readerOf([[200, QUEUED]], fixed('t'))];

  await without.reader.getIngestion('a');
  await withToken.reader.getIngestion('a');

  const request = { method: 'GET', url: 'http://i/ingestions/a' };
  expect(without.requests).toMatchObject([{ ...request, headers: { accept: 'application/json' } }]);
  expect(without.requests[0]?.headers).not.toHaveProperty('authorization');
  expect(withToken.requests).toMatchObject([
    { ...request, headers: { authorization: 'Bearer t' } },
  ]);
});

test.each([
  [401, ''],
  [403, '{"detail":"Bad auth token"}'],
])('a token that is refused with %i %s is replaced once', async (status, body) => {
  const tokens = fixed('old', 'new', 'newer');
  const { reader, requests } = readerOf(
    [
      [status, body],
      [status, body],
    ],
    tokens,
  );

  await expect(reader.getIngestion('a')).rejects.toMatchObject({ status, kind: 'permanent' });
  expect([requests.length, tokens.forgotten]).toEqual([2, ['old']]);
});

test.each([
  [403, '{"message":"Forbidden"}'],
  [400, 'Bad auth token'],
])('a response %i %s does not refuse the token', async (status, body) => {
  const tokens = fixed('old', 'new');
  const { reader, requests } = readerOf([[status, body]], tokens);

  await expect(reader.getIngestion('a')).rejects.toMatchObject({ status, kind: 'permanent' });
  expect([requests.length, tokens.forgotten]).toEqual([1, []]);
});

test('a refusal is an error if there are no tokens', async () => {
  const { reader, requests } = readerOf([[401, ' \n']]);

  await expect(reader.getIngestion('a')).rejects.toThrow(
    'GET http://i/ingestions/a returned 401: (no body)',
  );
  expect(requests).toHaveLength(1);
});

test.each([429, 500])(
  'a request with status %i is retried, with at most three requests',
  async (status) => {
    const busy: [number, string] = [status, 'busy'];
    const [transient, permanent] = [
      readerOf([busy, [200, QUEUED]]),
      readerOf([busy, busy, busy, [200, QUEUED]]),
    ];

    await expect(transient.reader.getIngestion('a')).resolves.toMatchObject({ status: 'queued' });
    await expect(permanent.reader.getIngestion('a')).rejects.toMatchObject({
      status,
      kind: 'transient',
    });
    expect(permanent.left).toHaveLength(1);
  },
);

test('only status 404 means that an Item is unknown', async () => {
  const { reader } = readerOf([[400, 'No ingestion found']]);

  await expect(reader.getIngestion('a')).rejects.toMatchObject({ status: 400 });
});

describe('an ingestion that the ingestor does not show', () => {
  const missing: [number, string] = [404, '{"detail":"No ingestion found with provided ID"}'];
  const found: [number, string] = [200, '{"id":"a","status":"succeeded"}'];

  /** Tokens of an old client, and after `refresh` of the latest one. */
  function rotated(latest: string): AccessTokens & { readonly refreshed: () => number } {
    let user = 'old';
    let refreshes = 0;
    return {
      get: () => Promise.resolve(`token of ${user}`),
      forget: () => undefined,
      user: () => user,
      refresh: () => {
        refreshes += 1;
        user = latest;
        return Promise.resolve();
      },
      refreshed: () => refreshes,
    };
  }

  test('is asked for again with a token of the client that the secret names now', async () => {
    const tokens = rotated('new');
    const { reader, requests } = readerOf([missing, found], tokens);

    expect(await reader.getIngestion('a', 'new')).toMatchObject({ status: 'succeeded' });
    expect(requests.map(({ headers }) => headers?.['authorization'])).toEqual([
      'Bearer token of old',
      'Bearer token of new',
    ]);
  });

  test('is that of another user, if another client posted it', async () => {
    const { reader } = readerOf([missing, missing], rotated('new'));

    expect(await reader.getIngestion('a', 'older')).toBe('of-another-user');
  });

  test('is missing at once, if the same client posted it', async () => {
    const tokens = rotated('new');
    const { reader } = readerOf([missing], tokens);

    expect(await reader.getIngestion('a', 'old')).toBe('missing');
    expect(tokens.refreshed()).toBe(0);
  });

  test('is missing after a second look, if it is not known who posted it', async () => {
    const tokens = rotated('new');
    const { reader } = readerOf([missing, missing], tokens);

    expect(await reader.getIngestion('a')).toBe('missing');
    expect(tokens.refreshed()).toBe(1);
  });
});
