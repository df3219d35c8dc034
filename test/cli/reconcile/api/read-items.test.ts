import { afterEach, describe, expect, test } from '@jest/globals';
import { NOTHING_READ, type ItemProgress } from '../../../../cli/reconcile/api/item-progress.js';
import { readItems } from '../../../../cli/reconcile/api/read-items.js';
import type { Clock } from '../../../../lambdas/runtime/clock.js';
import { sendHttp } from '../../../../lambdas/runtime/http.js';
import { json, type SeenRequest } from '../../../support/http-server.js';
import { serverPerTest } from '../../../support/test-server.js';
import { startStacApi, type StacApiOptions } from '../../../support/reconcile/stac-api.js';

const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});
const serve = serverPerTest();

const clock: Clock = { now: Date.now, sleep: () => Promise.resolve() };
const IDS = Array.from({ length: 25 }, (_, index) => `item-${String(index).padStart(2, '0')}`);
const items = () => IDS.map((id) => ({ id, properties: { datetime: '2024-05-01T00:00:00Z' } }));

async function api(options: Partial<StacApiOptions> = {}) {
  const server = await startStacApi({ collection: 'waves', items, maxLimit: 10, ...options });
  started.push(server);
  return server;
}

function reader(url: string, given: { readonly range?: { from: string; to: string } } = {}) {
  return { selection: { api: url, collection: 'waves', ...given }, send: sendHttp, clock };
}

async function idsOf(url: string, progress?: ItemProgress): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of readItems(reader(url), progress))
    ids.push(...page.items.map(({ id }) => id));
  return ids;
}

function bodies(seen: readonly SeenRequest[]): Record<string, unknown>[] {
  return seen.flatMap(({ body }) =>
    body === '' ? [] : [JSON.parse(body) as Record<string, unknown>],
  );
}

describe('the Items of a Collection', () => {
  test.each(['body', 'merge', 'part', 'get'] as const)(
    'are read through all pages, whatever the limit of the server, with a next link of the kind %s',
    async (next) => {
      const server = await api({ next });

      expect(await idsOf(server.url)).toEqual(IDS);
    },
  );

  test('are requested with the few fields that are needed', async () => {
    const server = await api();

    await idsOf(`${server.url}/`);

    expect(bodies(server.seen)[0]).toMatchObject({
      collections: ['waves'],
      limit: 1000,
      fields: { include: expect.arrayContaining(['id', 'properties.datetime']) },
    });
    expect(new Set(server.seen.map(({ url }) => url))).toEqual(new Set(['/', '/search']));
  });

  test('are those of a range of times', async () => {
    const days = () =>
      ['2024-05-01', '2024-05-02'].map((day) => ({
        id: day,
        properties: { datetime: `${day}T12:00:00Z` },
      }));
    const server = await api({ items: days });
    const range = { from: '2024-05-02T00:00:00Z', to: '2024-05-02T23:59:59Z' };
    const found: string[] = [];

    for await (const page of readItems(reader(server.url, { range })))
      found.push(...page.items.map(({ id }) => id));

    expect(found).toEqual(['2024-05-02']);
  });

  test('of other Collections are left out, if the server ignores the selection', async () => {
    const server = await serve(
      json(200, {
        features: [{ id: 'a', collection: 'waves' }, { id: 'b', collection: 'tides' }, { id: 'c' }],
      }),
    );

    expect(await idsOf(server.url)).toEqual(['a', 'c']);
  });

  test('are none of an empty Collection', async () => {
    const server = await api({ items: () => [] });

    expect(await idsOf(server.url)).toEqual([]);
  });

  test('have the later of their own time and that of their granule', async () => {
    const times = [
      { datetime: '2024-05-01T00:00:00Z', created: '2024-05-03T00:00:00Z' },
      { datetime: null, end_datetime: '2024-05-02T00:00:00Z' },
      {},
    ];
    const server = await api({
      items: () => times.map((properties, index) => ({ id: String(index), properties })),
    });
    const found: (number | undefined)[] = [];

    for await (const page of readItems(reader(server.url)))
      found.push(...page.items.map(({ time }) => time));

    expect(found).toEqual([Date.UTC(2024, 4, 3), Date.UTC(2024, 4, 2), undefined]);
  });

  test('have any id', async () => {
    const odd = ['a/b?c=d&e', 'ä ö', '"quoted"\ttab', '../..', '名前'];
    const server = await api({ items: () => odd.map((id) => ({ id })), maxLimit: 2 });

    expect(await idsOf(server.url)).toEqual(odd);
  });
});

describe('a server that does not do as specified', () => {
  const refusing = (
    isRefused: (body: Record<string, unknown>, request: SeenRequest) => boolean,
  ) => ({
    fault: (
      request: SeenRequest,
      response: { writeHead(status: number): unknown; end(text: string): unknown },
    ) => {
      if (request.method !== 'POST') return false;
      if (!isRefused(JSON.parse(request.body) as Record<string, unknown>, request)) return false;
      response.writeHead(400);
      response.end('no');
      return true;
    },
  });

  test.each([
    ['fields', refusing(({ fields }) => fields !== undefined)],
    ['a limit of 1000', refusing(({ limit }) => Number(limit) > 100)],
    ['searches', refusing(() => true)],
  ])('and refuses %s is asked for less', async (_, options) => {
    const server = await api(options);

    expect(await idsOf(server.url)).toEqual(IDS);
  });

  test('is reported with the first refusal if it refuses everything', async () => {
    const server = await serve(json(403, 'not for you'));

    await expect(idsOf(server.url)).rejects.toThrow(
      `POST ${server.url}/search returned HTTP status 403: not for you`,
    );
  });

  test('and returns something else than Items is reported', async () => {
    const server = await serve(json(200, '<html>'));

    await expect(idsOf(server.url)).rejects.toThrow('a response that is not a page of STAC Items');
  });

  test.each([
    [
      'the same next link',
      () => ({ features: [{ id: 'a' }], links: [{ rel: 'next', href: '/search?page=2' }] }),
      'gave the same next link twice',
    ],
    [
      'the same Items',
      (count: number) => ({
        features: [{ id: 'a' }],
        links: [{ rel: 'next', href: `/search?page=${count}` }],
      }),
      'repeats its pages',
    ],
    [
      'empty pages',
      (count: number) => ({
        features: [],
        links: [{ rel: 'next', href: `/search?page=${count}` }],
      }),
      '1000 empty pages',
    ],
    [
      'two pages in turn',
      (count: number) => ({
        features: [{ id: String(count % 2) }],
        links: [{ rel: 'next', href: `/search?page=${count}` }],
      }),
      'repeats its pages',
    ],
  ])('and gives %s without an end is left', async (_, page, message) => {
    let count = 0;
    const server = await serve((request, response) => {
      json(200, page((count += 1)))(request, response);
    });

    await expect(idsOf(server.url)).rejects.toThrow(message);
  });

  test('and repeats one page, or gives some empty ones, is read to the end', async () => {
    const pages = [['a'], ['a'], [], [], ['b']];
    const server = await serve((request, response) => {
      const index = Number(new URL(request.url, 'http://x').searchParams.get('page') ?? 0);
      const links = index < pages.length - 1 ? [{ rel: 'next', href: `?page=${index + 1}` }] : [];
      json(200, { features: pages[index]?.map((id) => ({ id })), links })(request, response);
    });

    expect(await idsOf(server.url)).toEqual(['a', 'a', 'b']);
  });
});

describe('a server that is down', () => {
  test('for a while is asked again', async () => {
    let requests = 0;
    const server = await api({
      fault: (_, response) => {
        requests += 1;
        if (requests % 3 === 0) return false;
        response.writeHead(requests % 3 === 1 ? 503 : 429, { 'retry-after': '1' });
        response.end();
        return true;
      },
    });

    expect(await idsOf(server.url)).toEqual(IDS);
  });

  test('in the middle ends the run, which goes on from the same page later', async () => {
    let isDown = false;
    const server = await api({
      fault: (_, response) => {
        if (isDown) response.destroy();
        return isDown;
      },
    });
    const ids: string[] = [];
    let progress = NOTHING_READ;
    const read = async () => {
      for await (const page of readItems(reader(server.url), progress)) {
        ids.push(...page.items.map(({ id }) => id));
        progress = JSON.parse(JSON.stringify(page.progress)) as ItemProgress;
        isDown = progress.pages === 2;
      }
    };

    await expect(read()).rejects.toThrow(/failed: .*the pages before it are kept \(2 pages\)/);
    expect(ids).toHaveLength(20);
    isDown = false;
    await read();

    expect(ids).toEqual(IDS);
    expect(progress).toMatchObject({ isDone: true, pages: 3, read: 25 });
  });

  test('from the beginning is reported', async () => {
    await expect(idsOf('http://127.0.0.1:9')).rejects.toThrow(
      /127\.0\.0\.1:9.* failed: .*ECONNREFUSED/,
    );
  });
});

test('the progress knows the number of Items if the server counts them', async () => {
  const server = await api({ counts: true });

  for await (const { progress } of readItems(reader(server.url))) expect(progress.matched).toBe(25);
});

test('an Item that is deleted while the pages are read does not end them early', async () => {
  let left = items();
  const server = await api({ items: () => left });
  const ids: string[] = [];

  for await (const page of readItems(reader(server.url))) {
    ids.push(...page.items.map(({ id }) => id));
    left = left.filter(({ id }) => id !== 'item-15');
  }

  expect(ids).toEqual(IDS.filter((id) => id !== 'item-15'));
});

describe('an Item that is named by a next link and deleted before it is followed', () => {
  test('costs one page that is read again', async () => {
    let left = items();
    const server = await api({ items: () => left, needsItem: true });
    const ids = new Set<string>();

    for await (const { items: page, progress } of readItems(reader(server.url))) {
      for (const { id } of page) ids.add(id);
      if (progress.pages === 2) left = left.filter(({ id }) => id !== 'item-19');
    }

    expect([...ids]).toEqual(IDS);
  });

  test('ends the run with an error if the link stays the same', async () => {
    const server = await serve((request, response) => {
      const isFirst = !request.url.includes('page=2');
      const first = { features: [{ id: 'a' }], links: [{ rel: 'next', href: '/search?page=2' }] };
      json(isFirst ? 200 : 404, isFirst ? first : 'gone')(request, response);
    });

    await expect(idsOf(server.url)).rejects.toThrow(
      /page=2 returned HTTP status 404: gone; the pages before it are kept \(1 page\).*--fresh/,
    );
  });
});
