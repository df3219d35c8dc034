import { serve, type LocalRequest, type LocalResponse } from '../../../local/http/server.js';
import { benchId, holesOf, isHole } from './ids.js';

// Its own process, so that its work does not count as the command's: a STAC API with `count` Items. They come in another
// order than the rows of the inventory, as those of pgSTAC do.
const count = Number(process.argv[2] ?? 0);
const MAX_LIMIT = 1000;

let requests = 0;
let firstAt = 0;
let lastAt = 0;
const { url } = await serve(answer);
process.on('message', () => process.send?.({ requests, firstAt, lastAt }));
process.on('disconnect', () => process.exit());
process.send?.(url);

interface Search {
  readonly limit?: number;
  readonly collections?: readonly string[];
  readonly token?: string;
}

function answer({ method, body }: LocalRequest): LocalResponse {
  if (method !== 'POST') return json({ type: 'Catalog' });
  requests += 1;
  lastAt = Date.now();
  firstAt ||= lastAt;
  return json(pageOf(JSON.parse(body) as Search));
}

function pageOf(search: Search): object {
  const start = Number(search.token ?? 0);
  const all = count + holesOf(count);
  const end = Math.min(start + Math.min(search.limit ?? 10, MAX_LIMIT), all);
  const features: object[] = [];
  for (let index = start; index < end; index += 1) {
    const number = index < count ? count - 1 - index : index;
    if (index >= count || !isHole(number)) features.push(featureOf(number));
  }
  const next = {
    rel: 'next',
    method: 'POST',
    href: `${url}/search`,
    body: { ...search, token: String(end) },
  };
  return { type: 'FeatureCollection', features, links: end < all ? [next] : [] };
}

function featureOf(number: number): object {
  const properties = { datetime: '2022-04-02T05:27:11.000000Z' };
  return { id: benchId(number), collection: 'sentinel1-grd', properties };
}

function json(value: object): LocalResponse {
  const headers = { 'content-type': 'application/geo+json' };
  return { status: 200, body: JSON.stringify(value), headers };
}
