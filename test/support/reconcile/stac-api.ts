import type { ServerResponse } from 'node:http';
import { httpServer, type SeenRequest } from '../http-server.js';

export interface StacApiItem {
  readonly id: string;
  readonly collection?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** How a stand-in for a STAC API differs from one that does everything as specified. */
export interface StacApiOptions {
  readonly collection: string;
  /** The Items, in the order of the pages. Read at each request. */
  readonly items: () => readonly StacApiItem[];
  /** The most Items of a page. @default 1000 */
  readonly maxLimit?: number;
  /** The next link: a whole POST body, one to merge, a part that lacks `merge`, or GET. @default body */
  readonly next?: 'body' | 'merge' | 'part' | 'get';
  /** Whether pages have numberMatched. @default false */
  readonly counts?: boolean;
  /** Answers a request in place of the API, by returning true. */
  /** Whether a page after an Item that is gone is an error, as with pgSTAC. @default false */
  readonly needsItem?: boolean;
  readonly fault?: (request: SeenRequest, response: ServerResponse) => boolean;
}

interface Search {
  readonly collections?: readonly string[];
  readonly limit?: number;
  readonly token?: string;
  readonly fields?: object;
  readonly datetime?: string;
}

/** Starts a stand-in for a STAC API with one Collection, whose pages follow an id, as those of pgSTAC do. */
export async function startStacApi(options: StacApiOptions) {
  const server = await httpServer((request, response) => {
    if (options.fault?.(request, response) === true) return;
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/geo+json' });
      response.end(JSON.stringify(body));
    };
    const url = new URL(request.url, server.url);
    const items = `/collections/${options.collection}/items`;
    if (request.method === 'POST' && url.pathname === '/search') {
      const search = JSON.parse(request.body) as Search;
      const isGone = options.items().every(({ id }) => id !== search.token);
      if (options.needsItem === true && search.token !== undefined && isGone)
        reply(500, { detail: `Could not find item using token: next:${search.token}` });
      else reply(200, page(search, options, server.url));
    } else if (url.pathname === '/search' || url.pathname === items) {
      const query = Object.fromEntries(url.searchParams);
      const search = { ...query, limit: Number(query['limit'] ?? 10) };
      const collections = query['collections']?.split(',') ?? [options.collection];
      reply(200, page({ ...search, collections }, { ...options, next: 'get' }, server.url));
    } else if (url.pathname === '/') reply(200, { type: 'Catalog', id: 'stand-in' });
    else reply(404, { detail: 'not found' });
  });
  return server;
}

function page(search: Search, options: StacApiOptions, url: string): object {
  const { collection, maxLimit = 1000, counts = false } = options;
  const [from = '', to = ''] = search.datetime?.split('/') ?? [];
  const found = options.items().filter((item) => {
    const time =
      typeof item.properties?.['datetime'] === 'string' ? item.properties['datetime'] : '';
    const isInRange = search.datetime === undefined || (time >= from && time <= to);
    return isInRange && (search.collections?.includes(item.collection ?? collection) ?? true);
  });
  const start =
    search.token === undefined ? 0 : found.findIndex(({ id }) => id === search.token) + 1;
  const end = start + Math.min(search.limit ?? 10, maxLimit);
  const features = found.slice(start, end).map((item) => feature(item, collection, search));
  const last = found[end - 1];
  return {
    type: 'FeatureCollection',
    features,
    links:
      end < found.length && last !== undefined ? [nextLink(last.id, search, { options, url })] : [],
    ...(counts && { numberMatched: found.length }),
  };
}

function feature(item: StacApiItem, collection: string, { fields }: Search): object {
  const { id, properties = {} } = item;
  const small = { type: 'Feature', id, collection: item.collection ?? collection, properties };
  return fields === undefined ? { ...small, geometry: null, links: [], assets: {} } : small;
}

interface LinkPlace {
  readonly options: StacApiOptions;
  readonly url: string;
}

function nextLink(
  token: string,
  search: Search,
  { options: { next = 'body' }, url }: LinkPlace,
): object {
  const post = { rel: 'next', method: 'POST', href: `${url}/search` };
  if (next === 'body') return { ...post, body: { ...search, token } };
  if (next === 'merge') return { ...post, body: { token }, merge: true };
  if (next === 'part') return { ...post, body: { token } };
  const query = new URLSearchParams({
    collections: (search.collections ?? []).join(','),
    limit: String(search.limit ?? 10),
    token,
    ...(search.datetime !== undefined && { datetime: search.datetime }),
  });
  return { rel: 'next', href: `${url}/search?${query.toString()}` };
}
