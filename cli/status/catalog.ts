import * as z from 'zod/mini';
import { IngestorError } from '../../lambdas/runtime/errors.js';
import { sendHttp, type HttpRequest, type SendHttp } from '../../lambdas/runtime/http.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';

/** A Collection in the STAC API. */
export interface CatalogStatus {
  readonly url: string;
  /** Number of Items; undefined if the API does not report it. */
  readonly items: number | undefined;
  /** Why the number is unknown. */
  readonly uncounted?: string;
}

/** Counting a Collection of many million Items can take longer. */
const TIMEOUT_MS = 20_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** OGC API Features reports the count as numberMatched, the older context extension as context.matched. */
const PageSchema = z.object({
  numberMatched: z.nullish(z.number()),
  context: z.nullish(z.object({ matched: z.nullish(z.number()) })),
});

interface CatalogOptions {
  readonly send?: SendHttp;
  readonly countsItems?: boolean;
}

/**
 * Requests the number of Items of a Collection, with one request, or two if the API does not count Items by itself and
 * `countsItems` is true. Throws IngestorError.
 */
export async function catalogStatus(
  stacApiUrl: string,
  collection: string,
  { send = sendHttp, countsItems = true }: CatalogOptions = {},
): Promise<CatalogStatus> {
  const api = withoutTrailingSlashes(stacApiUrl);
  const url = `${api}/collections/${encodeURIComponent(collection)}`;
  const { status, body } = await request(send, { method: 'GET', url: `${url}/items?limit=1` });
  if (status === 404) throw failure(`GET ${url}/items: the Collection does not exist`);
  if (status !== 200) throw failure(`GET ${url}/items returned HTTP status ${status}`);
  const page = pageIn(body);
  if (page === undefined) throw failure(`GET ${url}/items returned a response that is not STAC`);
  const items = countIn(page);
  if (items !== undefined) return { url, items };
  const found = countsItems
    ? await countBySearch(api, collection, send)
    : uncounted('a search that counts them was not asked for');
  return { url, ...found };
}

/**
 * pgSTAC counts only if its setting `context` is on, and by default it is off. stac-fastapi passes `conf` of a search on
 * as settings of that search; without context_stats_ttl the count could be a day old. Other APIs ignore `conf`.
 */
async function countBySearch(
  api: string,
  collection: string,
  send: SendHttp,
): Promise<Pick<CatalogStatus, 'items' | 'uncounted'>> {
  const conf = { context: 'on', context_stats_ttl: '0 seconds' };
  const search = {
    method: 'POST',
    url: `${api}/search`,
    body: JSON.stringify({ collections: [collection], limit: 1, conf }),
  } as const;
  try {
    const { status, body } = await request(send, search);
    if (status !== 200)
      return uncounted(`a search that counts them returned HTTP status ${status}`);
    const items = countIn(pageIn(body) ?? {});
    return items === undefined ? uncounted('neither does a search') : { items };
  } catch (error) {
    if (error instanceof IngestorError) return uncounted(error.message);
    throw error;
  }
}

function uncounted(why: string): Pick<CatalogStatus, 'items' | 'uncounted'> {
  return { items: undefined, uncounted: why };
}

type Page = z.infer<typeof PageSchema>;

function pageIn(body: Buffer): Page | undefined {
  return PageSchema.safeParse(tryParseJson(body.toString('utf8'))).data;
}

function countIn({ numberMatched, context }: Page): number | undefined {
  return numberMatched ?? context?.matched ?? undefined;
}

async function request(
  send: SendHttp,
  { method, url, body }: Pick<HttpRequest, 'method' | 'url' | 'body'>,
): ReturnType<SendHttp> {
  const headers = {
    accept: 'application/geo+json, application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
  try {
    return await send({ method, url, headers, ...limits, ...(body !== undefined && { body }) });
  } catch (cause) {
    throw failure(`${method} ${url} failed: ${cause instanceof Error ? cause.message : ''}`);
  }
}

function failure(message: string): IngestorError {
  return new IngestorError(message, { kind: 'transient' });
}
