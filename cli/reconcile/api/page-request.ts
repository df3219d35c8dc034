import * as z from 'zod/mini';
import { withoutTrailingSlashes } from '../../../lambdas/runtime/text.js';

const BodySchema = z.record(z.string(), z.unknown());

export const PageRequestSchema = z.object({
  method: z.enum(['GET', 'POST']),
  url: z.string(),
  headers: z.optional(z.record(z.string(), z.string())),
  body: z.optional(BodySchema),
});

/** The request for a page of Items, from which a later run can go on. */
export type PageRequest = z.infer<typeof PageRequestSchema>;

/** Which Items of a Collection to read. */
export interface ItemSelection {
  /** URL of the STAC API, without `/search`. */
  readonly api: string;
  readonly collection: string;
  /** Times of RFC 3339; both are included. @default all Items */
  readonly range?: { readonly from: string; readonly to: string } | undefined;
  /** Further properties that are needed. @default none */
  readonly properties?: readonly string[];
}

/** The properties from which it follows whether an Item is younger than the inventory. */
const INCLUDED = ['id', 'collection', 'properties.datetime', 'properties.created'];
const EXCLUDED = ['geometry', 'bbox', 'assets', 'links', 'stac_extensions', 'stac_version'];

/** Servers that allow fewer Items on a page mostly answer with as many as they allow. */
export const PAGE_SIZE = 1000;
const SMALL_PAGE = 100;

/**
 * Returns the requests for a first page, in the order in which to try them: a search for the few fields that are needed,
 * and what servers accept that refuse the fields, the limit, a response of that size, or searches. The limit of later
 * pages cannot change, because a server may count its pages.
 */
export function firstRequests(
  selection: ItemSelection,
  pageSize = PAGE_SIZE,
): readonly PageRequest[] {
  const small = Math.min(SMALL_PAGE, pageSize);
  const search = (limit: number, fields: object): PageRequest => ({
    method: 'POST',
    url: `${withoutTrailingSlashes(selection.api)}/search`,
    body: { collections: [selection.collection], limit, ...datetimeOf(selection), ...fields },
  });
  const more = selection.properties?.map((name) => `properties.${name}`) ?? [];
  const fields = { fields: { include: [...INCLUDED, ...more], exclude: EXCLUDED } };
  return [
    search(pageSize, fields),
    search(pageSize, {}),
    search(small, fields),
    search(small, {}),
    { method: 'GET', url: itemsUrl(selection, small) },
  ];
}

/** Returns a request that any server answers at once, if it is up. */
export function landingRequest({ api }: ItemSelection): PageRequest {
  return { method: 'GET', url: withoutTrailingSlashes(api) };
}

function itemsUrl(selection: ItemSelection, limit: number): string {
  const query = new URLSearchParams({ limit: String(limit), ...datetimeOf(selection) });
  return `${collectionUrl(selection)}/items?${query.toString()}`;
}

export function collectionUrl({ api, collection }: ItemSelection): string {
  return `${withoutTrailingSlashes(api)}/collections/${encodeURIComponent(collection)}`;
}

function datetimeOf({ range }: ItemSelection): { readonly datetime?: string } {
  return range === undefined ? {} : { datetime: `${range.from}/${range.to}` };
}

const LinkSchema = z.object({
  rel: z.string(),
  href: z.string(),
  method: z.nullish(z.string()),
  headers: z.catch(z.nullish(z.record(z.string(), z.string())), undefined),
  body: z.nullish(BodySchema),
  merge: z.nullish(z.boolean()),
});

/**
 * Returns the request of a page's `next` link; undefined if there is none, so that the page is the last.
 *
 * @see https://github.com/radiantearth/stac-api-spec/tree/v1.0.0/item-search#pagination
 */
export function nextRequest(links: readonly unknown[], last: PageRequest): PageRequest | undefined {
  const found = links.map((link) => LinkSchema.safeParse(link).data);
  const next = found.find((link) => link?.rel === 'next');
  if (next === undefined) return undefined;
  const url = urlOf(next.href, last);
  const headers = next.headers ?? undefined;
  const shared = { url, ...(headers !== undefined && { headers }) };
  if (next.method?.toUpperCase() !== 'POST') return { method: 'GET', ...shared };
  const body = bodyOf(next, last);
  return { method: 'POST', ...shared, ...(body !== undefined && { body }) };
}

/** A server behind a proxy that ends TLS may write http: for its own address. */
function urlOf(href: string, last: PageRequest): string {
  const from = new URL(last.url);
  const url = new URL(href, from);
  if (from.protocol === 'https:' && url.protocol === 'http:' && url.hostname === from.hostname)
    url.protocol = 'https:';
  return url.href;
}

/** A body that does not name the Collection would select all, so it is meant to be merged, whatever the link says. */
function bodyOf(
  { body, merge }: z.infer<typeof LinkSchema>,
  last: PageRequest,
): PageRequest['body'] {
  if (body === undefined || body === null) return last.body;
  const isPart = last.body?.['collections'] !== undefined && body['collections'] === undefined;
  return merge === true || isPart ? { ...last.body, ...body } : body;
}
