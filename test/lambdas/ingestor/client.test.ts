import { describe, expect, test } from '@jest/globals';
import type { AccessTokens } from '../../../lambdas/ingestor/access-token.js';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import { ingestor } from '../../../lambdas/ingestor/client.js';
import type { Collection } from '../../../lambdas/stac/stac.js';
import { exampleItem } from '../../support/granule.js';
import { inTurn, json, type Answer } from '../../support/http-server.js';
import { serverPerTest, type TestServer } from '../../support/test-server.js';

const startServer = serverPerTest();
let server: TestServer | undefined;

function tokensOf(...values: string[]): AccessTokens & { readonly forgotten: string[] } {
  const forgotten: string[] = [];
  return {
    forgotten,
    get: () => Promise.resolve(values[Math.min(forgotten.length, values.length - 1)] ?? ''),
    forget: (token) => forgotten.push(token),
  };
}

async function responding(...answers: Answer[]): Promise<TestServer> {
  server = await startServer(inTurn(...answers));
  return server;
}

const item = exampleItem('a', { collection: 'example' });
const soon = () => ({ deadline: Date.now() });

async function post(
  url: string,
  tokens: AccessTokens | undefined = tokensOf('t1', 't2'),
  deadline = Date.now(),
) {
  await ingestor({ url, tokens }).postItem(item, {
    deadline,
    correlationId: 'c-1',
    timeoutMs: 20_000,
  });
}

async function refusal(answer: Answer): Promise<IngestorError> {
  const { url } = await responding(answer);
  const error: unknown = await post(url).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(IngestorError);
  return error as IngestorError;
}

function entry(msg: string, loc = ['body', 'assets', 'x', 'href']) {
  return { detail: [{ type: 'value_error', loc, msg, input: 'SECRET INPUT' }] };
}

describe('a refusal', () => {
  test('that repeats a large Item for each fault is permanent, and its error omits the Item', async () => {
    const input = 'x'.repeat(600_000);
    const detail = ['one', 'two', 'three'].map((msg) => ({ loc: ['body'], msg, input }));

    const error = await refusal(json(422, { detail }));

    expect(error).toMatchObject({ status: 422, kind: 'permanent' });
    expect(error.message).toMatch(/returned 422: body: one; body: two; body: three$/);
  });
});

describe('a post', () => {
  test('carries the Item as JSON, the token and the correlation id', async () => {
    const { url, seen } = await responding(json(201, { id: 'a', status: 'queued' }));

    await post(`${url}/`);

    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/ingestions',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer t1',
        'x-correlation-id': 'c-1',
      },
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(item);
  });

  test('[E01] keeps "datetime": null as a key', async () => {
    const { url, seen } = await responding(json(201, {}));
    const properties = {
      datetime: null,
      start_datetime: '2022-01-01T00:00:00Z',
      end_datetime: '2022-01-02T00:00:00Z',
    };

    await ingestor({ url, tokens: undefined }).postItem({ ...item, properties }, soon());

    expect(seen[0]?.body).toContain('"datetime":null');
  });

  test.each([200, 201, 202, 409])('[E07] of an Item succeeds with status %i', async (status) => {
    const { url } = await responding(json(status, { detail: 'Item already exists' }));

    await expect(post(url)).resolves.toBeUndefined();
  });

  test('[E07] of a Collection fails with status 409', async () => {
    const { url } = await responding(json(409, { detail: 'exists' }));

    await expect(
      ingestor({ url, tokens: undefined }).postCollection({ id: 'c' } as Collection, soon()),
    ).rejects.toThrow(/returned 409: exists/);
  });

  test('is not sent if the Item is larger than the ingestor can store', async () => {
    const { url, seen } = await responding(json(201, {}));
    const large = { ...item, properties: { ...item.properties, text: 'x'.repeat(400_000) } };

    await expect(ingestor({ url, tokens: undefined }).postItem(large, soon())).rejects.toThrow(
      /Item 'a' is not valid STAC: it has \d+ bytes as JSON, and the ingestor accepts at most 400000/,
    );
    expect(seen).toEqual([]);
  });

  test('may be as large as the ingestor can store', async () => {
    const { url, seen } = await responding(json(201, {}));
    const withText = (text: string) => ({ ...item, properties: { ...item.properties, text } });
    const frame = Buffer.byteLength(JSON.stringify(withText('')));

    await ingestor({ url, tokens: undefined }).postItem(
      withText('x'.repeat(400_000 - frame)),
      soon(),
    );

    expect(seen[0]?.body).toHaveLength(400_000);
  });

  test('of a Collection goes to its own path, and may be larger than an Item', async () => {
    const { url, seen } = await responding(json(201, {}));
    const collection = { type: 'Collection', id: 'c', description: 'x'.repeat(500_000) };
    const client = ingestor({ url: `${url}/stage//`, tokens: undefined });

    await client.postCollection(collection as Collection, soon());

    expect(seen).toMatchObject([{ method: 'POST', url: '/stage/collections' }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(collection);
    const large = { ...collection, description: 'x'.repeat(6_000_000) } as Collection;
    await expect(client.postCollection(large, soon())).rejects.toThrow(
      /Collection 'c' is not valid STAC: it has \d+ bytes as JSON, and the ingestor accepts at most 6000000/,
    );
  });

  test('without tokens and correlation id has neither header, and reports its duration', async () => {
    const { url, seen } = await responding(json(201, {}));
    const exchanges: number[] = [];
    const started = performance.now();
    const onResponse = (milliseconds: number) => exchanges.push(milliseconds);

    await ingestor({ url, tokens: undefined, onResponse }).postItem(item, soon());

    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('authorization');
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('x-correlation-id');
    expect(seen[0]?.headers.accept).toBe('application/json');
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toBeGreaterThan(0);
    expect(exchanges[0]).toBeLessThanOrEqual(performance.now() - started);
  });

  test('without a response fails with the URL and the reason, and keeps the cause', async () => {
    const cause = new Error('socket hang up');
    const send = () => Promise.reject(cause);
    const client = ingestor({ url: 'https://ingestor', tokens: undefined, send });

    await expect(client.postItem(item, soon())).rejects.toMatchObject({
      name: 'IngestorError',
      kind: 'transient',
      cause,
      message: 'POST https://ingestor/ingestions got no response: socket hang up',
    });
  });

  test('[E20] [H13] does not follow a redirect, and names its target', async () => {
    const error = await refusal(json(307, '', { location: 'https://example.com/ingestions/' }));

    expect(error).toMatchObject({ status: 307, kind: 'transient' });
    expect(error.message).toContain('a redirect to https://example.com/ingestions/');
    expect(server?.seen).toHaveLength(1);
  });
});

describe('a token that is refused', () => {
  test.each([
    [401, { detail: 'Not authenticated' }],
    [403, { detail: 'Bad auth token' }],
  ])(
    'with %i is discarded, and the post is retried once with another token',
    async (status, body) => {
      const { url, seen } = await responding(json(status, body), json(201, {}));
      const tokens = tokensOf('t1', 't2');

      await post(url, tokens);

      expect(tokens.forgotten).toEqual(['t1']);
      expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
    },
  );

  test('twice is a transient error that says what to check', async () => {
    const error = await refusal(json(403, { detail: 'Bad auth token' }));

    expect(error.kind).toBe('transient');
    expect(error.message).toContain('JWKS_URL');
    expect(server?.seen).toHaveLength(2);
  });

  test('is replaced once, and then the second response counts', async () => {
    const { url } = await responding(json(401, {}), json(422, { detail: 'invalid geometry' }));

    await expect(post(url)).rejects.toMatchObject({
      kind: 'permanent',
      status: 422,
      message: `POST ${url}/ingestions returned 422: invalid geometry`,
    });
  });

  test('is not replaced if none was sent', async () => {
    const { url, seen } = await responding(json(401, { detail: 'Not authenticated' }));

    await expect(ingestor({ url, tokens: undefined }).postItem(item, soon())).rejects.toMatchObject(
      { kind: 'transient', status: 401 },
    );
    expect(seen).toHaveLength(1);
  });

  test('is distinguished from a wrong stage or a firewall', async () => {
    const error = await refusal(json(403, { message: 'Missing Authentication Token' }));

    expect(error.message).toContain('returned 403: Missing Authentication Token (check the stage');
    expect(server?.seen).toHaveLength(1);
  });
});

describe('a transient error', () => {
  test.each<[string, Answer]>([
    ['429', json(429, { message: 'Too Many Requests' })],
    ['500 as plain text', json(500, 'Internal Server Error', { 'content-type': 'text/plain' })],
    ['502', json(502, {})],
    ['503', json(503, '')],
    ['504', json(504, { message: 'Endpoint request timed out' })],
    ['408', json(408, '')],
    ['404, a wrong path that an operator can fix', json(404, { detail: 'Not Found' })],
    [
      '422 for a STAC API that is down',
      json(
        422,
        entry("Value error, Invalid collection 'x', received 503 response code from STAC API"),
      ),
    ],
    [
      '422 for a Collection that is not loaded yet',
      json(
        422,
        entry("Value error, Invalid collection 'x', received 404 response code from STAC API"),
      ),
    ],
    [
      '422 for an asset behind a busy bucket',
      json(422, entry('Value error, Asset not accessible: 503 Slow Down')),
    ],
    [
      '400 for a database that is down',
      json(400, {
        detail:
          'Unable to publish collection: 500: Encountered failure loading collection into pgSTAC: connection timeout expired',
      }),
    ],
    ['a connection that breaks', (_request, response) => response.destroy()],
    [
      'half a body',
      (_request, response) => {
        response.writeHead(201, { 'content-length': '100' });
        response.write('{"id":');
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ])('is %s', async (_name, answer) => {
    expect(await refusal(answer)).toMatchObject({ kind: 'transient' });
  });

  test('is a response that does not come in time', async () => {
    const { url } = await responding(() => undefined);
    const options = { deadline: Date.now(), correlationId: 'c-1', timeoutMs: 300 };

    await expect(
      ingestor({ url, tokens: undefined }).postItem(item, options),
    ).rejects.toMatchObject({
      name: 'IngestorError',
      kind: 'transient',
      message: expect.stringContaining('no response within 300 ms'),
    });
  });

  test('[E08] is retried within the deadline, with at most three requests', async () => {
    const { url, seen } = await responding(json(500, 'relation _items_24 does not exist'));

    await expect(post(url, undefined, Date.now() + 60_000)).rejects.toThrow(
      /relation _items_24 does not exist/,
    );

    expect(seen).toHaveLength(3);
  });

  test('is forgotten when the ingestor accepts the Item', async () => {
    const { url, seen } = await responding(json(503, ''), json(201, {}));

    await post(url, undefined, Date.now() + 60_000);

    expect(seen).toHaveLength(2);
  });
});

describe('a permanent error', () => {
  test.each<[string, Answer]>([
    [
      'an asset that does not exist',
      json(422, entry('Value error, Asset not accessible: 403 Forbidden')),
    ],
    ['a missing field', json(422, entry('Field required', ['body', 'bbox']))],
    ['a text', json(422, { detail: 'invalid geometry' })],
    [
      'a transient fault beside a permanent one',
      json(422, {
        detail: [
          ...entry('Asset not accessible: 503 Slow Down').detail,
          ...entry('Field required').detail,
        ],
      }),
    ],
    ['413', json(413, { message: 'Request Too Long' })],
  ])('is %s', async (_name, answer) => {
    expect(await refusal(answer)).toMatchObject({ kind: 'permanent' });
  });

  test('quotes loc and msg, and not the input that the ingestor repeats', async () => {
    const { message } = await refusal(json(422, entry('Field required', ['body', 'bbox'])));

    expect(message).toBe(
      `POST ${server?.url ?? ''}/ingestions returned 422: body.bbox: Field required`,
    );
  });

  test('quotes three entries and counts the others', async () => {
    const detail = Array.from({ length: 5 }, (_, n) => ({
      loc: ['body', n],
      msg: 'Field required',
    }));

    expect((await refusal(json(422, { detail }))).message).toMatch(
      /body\.2: Field required; and 2 more$/,
    );
  });
});

test('[G14] 60 refused posts read their responses to the end', async () => {
  const { url, seen } = await responding(json(422, entry('x'.repeat(5_000))));

  const client = ingestor({ url, tokens: undefined });
  const posts = Array.from({ length: 60 }, () =>
    client.postItem(item, soon()).catch((error: unknown) => error),
  );
  const errors = await Promise.all(posts);

  expect(errors.every((error) => error instanceof IngestorError)).toBe(true);
  expect(seen).toHaveLength(60);
});
