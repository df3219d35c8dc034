import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { faultPlan } from '../../../local/http/faults.js';
import { type FakeIngestor, startFakeIngestor } from '../../kit/fake-ingestor.js';
import { exampleCollection } from '../../support/collection.js';

const item = {
  type: 'Feature',
  stac_version: '1.0.0',
  id: 'a',
  collection: 'c',
  properties: { datetime: '2024-01-01T00:00:00Z' },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  },
  bbox: [0, 0, 1, 1],
  links: [],
  assets: { data: { href: 's3://b/k' } },
  stac_extensions: ['https://example.com/schema.json'],
};
const collection = exampleCollection('c');

let ingestor: FakeIngestor;

beforeEach(async () => {
  ingestor = await startFakeIngestor({ checkToken: (token) => token === 'good' });
});

afterEach(() => ingestor.close());

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function call({ method = 'POST', path = '/ingestions', body, headers = {} }: Call) {
  const response = await fetch(ingestor.url + path, {
    method,
    redirect: 'manual',
    headers: { authorization: 'Bearer good', 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

describe('authentication', () => {
  test.each([
    ['no token', '', 401, 'Not authenticated'],
    ['another scheme', 'Basic abc', 401, 'Not authenticated'],
    ['a bad token', 'Bearer bad', 403, 'Bad auth token'],
  ])('%s is rejected before the body is read', async (...[, authorization, status, detail]) => {
    expect(await call({ headers: { authorization }, body: 'no json' })).toMatchObject({
      status,
      body: { detail },
    });
  });

  test('the scheme may be in lower case, and a list needs no token', async () => {
    expect((await call({ headers: { authorization: 'bearer good' }, body: item })).status).toBe(
      201,
    );
    expect((await call({ method: 'GET', headers: { authorization: '' } })).status).toBe(200);
  });
});

describe('an Item', () => {
  test('is queued and can be requested by its id', async () => {
    const record = { id: 'a', status: 'queued', message: null, created_by: 'local', item };

    expect(await call({ body: item })).toMatchObject({ status: 201, body: record });
    expect(await call({ method: 'GET', path: '/ingestions/a' })).toMatchObject({
      status: 200,
      body: record,
    });
    expect(await call({ method: 'GET', path: '/ingestions' })).toMatchObject({
      body: { items: [record], next: null },
    });
    expect(ingestor.items()).toEqual([item]);
  });

  test('replaces an Item with the same id', async () => {
    await call({ body: item });
    await call({ body: JSON.stringify({ ...item, bbox: [0, 0, 2, 2] }, undefined, 2) });

    expect(ingestor.items()).toEqual([{ ...item, bbox: [0, 0, 2, 2] }]);
  });

  test('that failed to load is listed with its message', async () => {
    await call({ body: item });
    ingestor.setStatus('a', 'failed', 'no partition');

    expect(await call({ method: 'GET', path: '/ingestions?status=failed' })).toMatchObject({
      body: { items: [{ id: 'a', status: 'failed', message: 'no partition' }] },
    });
    expect(await call({ method: 'GET', path: '/ingestions?status=queued' })).toMatchObject({
      body: { items: [] },
    });
    expect(await call({ method: 'GET', path: '/ingestions?status=odd' })).toMatchObject({
      status: 422,
    });
    expect(ingestor.setStatus('unknown', 'failed')).toBe(false);
  });

  test('that is queued can be cancelled, once', async () => {
    await call({ body: item });

    expect(await call({ method: 'DELETE', path: '/ingestions/a' })).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    expect((await call({ method: 'DELETE', path: '/ingestions/a' })).status).toBe(400);
    expect((await call({ method: 'DELETE', path: '/ingestions/b' })).status).toBe(404);
  });

  test.each<[string, object, (string | number)[], string]>([
    ['no collection', { collection: undefined }, ['collection'], 'Field required'],
    ['a null collection', { collection: null }, ['collection'], 'Input should be a valid string'],
    ['an empty id', { id: '' }, ['id'], 'String should have at least 1 character'],
    ['no geometry', { geometry: undefined }, ['geometry'], 'Field required'],
    [
      'a geometry without a bbox',
      { bbox: undefined },
      [],
      'Value error, bbox is required if geometry is not null',
    ],
    [
      'an open ring',
      {
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 1],
            ],
          ],
        },
      },
      ['geometry'],
      'Value error, All linear rings MUST have the same start and end coordinates',
    ],
    [
      'no datetime of any kind',
      { properties: { datetime: null } },
      ['properties'],
      'Value error, start_datetime and end_datetime must be specified when datetime is null',
    ],
    [
      'a time without a zone',
      { properties: { datetime: '2024-01-01T00:00:00' } },
      ['properties', 'datetime'],
      'Input should have timezone info',
    ],
    ['a link without rel', { links: [{ href: 'x' }] }, ['links', 0, 'rel'], 'Field required'],
    ['no links', { links: undefined }, ['links'], 'Field required'],
    [
      'an asset without href',
      { assets: { data: {} } },
      ['assets', 'data', 'href'],
      'Field required',
    ],
    [
      'an extension that is not a URL',
      { stac_extensions: ['sar'] },
      ['stac_extensions', 0],
      'Input should be a valid URL',
    ],
    ['another type', { type: 'FeatureCollection' }, ['type'], "Input should be 'Feature'"],
  ])('with %s is refused with loc and msg', async (...[, change, loc, msg]) => {
    const answer = await call({ body: { ...item, ...change } });

    expect(answer).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', ...loc], msg }] },
    });
    expect(ingestor.items()).toEqual([]);
  });

  test.each<[string, object]>([
    ['no geometry and no bbox', { geometry: null, bbox: undefined }],
    [
      'start and end instead of datetime',
      {
        properties: {
          datetime: null,
          start_datetime: '2024-01-01T00:00:00Z',
          end_datetime: '2024-01-02T00:00:00Z',
        },
      },
    ],
    ['a later STAC version', { stac_version: '1.1.0' }],
    ['a bbox beyond the world', { bbox: [-200, 1, 1, 0] }],
  ])('with %s is taken', async (_, change) => {
    expect((await call({ body: { ...item, ...change } })).status).toBe(201);
  });

  test('requires its Collection if that option is set', async () => {
    const strict = await startFakeIngestor({ requireCollection: true });
    const post = (path: string, body: object) =>
      fetch(strict.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });

    const before = await post('/ingestions', item);
    expect(await before.text()).toContain(
      "Invalid collection 'c', received 404 response code from STAC API",
    );
    await post('/collections', collection);
    expect((await post('/ingestions', item)).status).toBe(201);
    await strict.close();
  });
});

describe('a body', () => {
  test.each([
    ['that is not JSON', '{"a', 422, 'json_invalid'],
    ['that is empty', '', 422, 'missing'],
    ['that is a list', '[]', 422, 'model_attributes_type'],
  ])('%s is refused', async (...[, body, status, type]) => {
    expect(await call({ body })).toMatchObject({ status, body: { detail: [{ type }] } });
  });

  test('without a JSON content type is rejected with the whole body in the response', async () => {
    expect(await call({ body: item, headers: { 'content-type': 'text/plain' } })).toMatchObject({
      status: 422,
      body: {
        detail: [{ type: 'model_attributes_type', loc: ['body'], input: JSON.stringify(item) }],
      },
    });
  });

  test('with NaN fails as in the real ingestor', async () => {
    expect(await call({ body: '{"a":NaN}' })).toMatchObject({
      status: 500,
      body: 'Internal Server Error',
    });
  });
});

describe('a Collection', () => {
  test('can be published repeatedly', async () => {
    const published = { status: 201, body: ['Successfully published: c'] };
    expect(await call({ path: '/collections', body: collection })).toMatchObject(published);
    expect(await call({ path: '/collections', body: collection })).toMatchObject(published);
    expect(ingestor.collections()).toEqual([collection]);
  });

  test.each<[string, object, string]>([
    ['no item_assets', { item_assets: undefined }, 'Field required'],
    ['no extent', { extent: undefined }, 'Field required'],
    ['an empty license', { license: '' }, 'String should have at least 1 character'],
    [
      'an end before its start',
      {
        extent: {
          spatial: {},
          temporal: { interval: [['2024-01-02T00:00:00Z', '2024-01-01T00:00:00Z']] },
        },
      },
      'Value error, `Start` time is older than `End` time',
    ],
  ])('with %s is refused', async (_, change, msg) => {
    expect(await call({ path: '/collections', body: { ...collection, ...change } })).toMatchObject({
      status: 422,
      body: { detail: [{ msg }] },
    });
  });
});

describe('another path', () => {
  test.each([
    ['POST', '/ingestions/', 307],
    ['POST', '/nowhere', 404],
    ['PUT', '/ingestions', 405],
    ['GET', '/ingestions/unknown', 404],
  ])('%s %s is answered with %d', async (method, path, status) => {
    const answer = await call({ method, path, ...(method !== 'GET' && { body: item }) });

    expect(answer.status).toBe(status);
    if (status === 307) expect(answer.headers.get('location')).toBe('/ingestions');
  });
});

describe('faults', () => {
  test('occur before or after the Item is stored', async () => {
    const faulty = await startFakeIngestor({
      faults: faultPlan([
        { fault: { kind: 'status', status: 503 }, first: 1 },
        { fault: { kind: 'half' }, first: 1, afterwards: true },
        { fault: { kind: 'redirect', location: '/x' }, first: 1 },
        { fault: { kind: 'reset' }, first: 1 },
        { fault: { kind: 'slow', ms: 1 }, first: 1 },
      ]),
    });
    const post = async (id: string) => {
      const request = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        redirect: 'manual' as const,
      };
      const response = await fetch(`${faulty.url}/ingestions`, {
        ...request,
        body: JSON.stringify({ ...item, id }),
      });
      return response.text().then(() => response.status);
    };

    expect(await post('a')).toBe(503);
    await expect(post('b')).rejects.toThrow();
    expect(await post('c')).toBe(307);
    await expect(post('d')).rejects.toThrow();
    expect(await post('e')).toBe(201);

    expect(faulty.items().map(({ id }) => id)).toEqual(['b', 'e']);
    expect(faulty.requestCount()).toBe(5);
    await faulty.close();
  });

  test('a body stops in the middle, and its connection stays open', async () => {
    const stalling = await startFakeIngestor({ faults: faultPlan([{ fault: { kind: 'stall' } }]) });
    const { status, body } = await fetch(stalling.url);
    const chunks = (body as ReadableStream<Uint8Array>).getReader();
    const { value } = await chunks.read();
    const more = chunks.read().then(
      () => 'more',
      () => 'ended',
    );

    expect([status, new TextDecoder().decode(value)]).toEqual([200, '{"id":"half']);
    await stalling.close();
    expect(await more).toBe('ended');
  });

  test('a request that hangs ends when the server is closed', async () => {
    const hanging = await startFakeIngestor({ faults: faultPlan([{ fault: { kind: 'hang' } }]) });
    const answer = fetch(hanging.url).then(
      () => 'answered',
      () => 'ended',
    );

    setTimeout(() => void hanging.close(), 50);

    expect(await answer).toBe('ended');
  });
});
