import * as z from 'zod/mini';
import { IngestorError } from '../../lambdas/runtime/errors.js';
import { sendHttp, type SendHttp } from '../../lambdas/runtime/http.js';

/** What the STAC API shows of a Collection. */
export interface CatalogStatus {
  readonly url: string;
  /** undefined where the API does not count. */
  readonly items: number | undefined;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Two ways to count: OGC API Features, and the context extension before it. */
const PageSchema = z.object({
  numberMatched: z.nullish(z.number()),
  context: z.nullish(z.object({ matched: z.nullish(z.number()) })),
});

/** Throws IngestorError. */
export async function catalogStatus(
  stacApiUrl: string,
  collection: string,
  send: SendHttp = sendHttp,
): Promise<CatalogStatus> {
  const url = `${stacApiUrl.replace(/\/+$/, '')}/collections/${encodeURIComponent(collection)}`;
  const { status, body } = await get(`${url}/items?limit=1`, send);
  if (status === 404) throw failure(`GET ${url}/items: there is no such Collection`);
  if (status !== 200) throw failure(`GET ${url}/items answered ${status}`);
  const page = PageSchema.safeParse(tryJson(body.toString('utf8')));
  if (!page.success) throw failure(`GET ${url}/items answered with something that is no STAC`);
  const { numberMatched, context } = page.data;
  return { url, items: numberMatched ?? context?.matched ?? undefined };
}

async function get(url: string, send: SendHttp): ReturnType<SendHttp> {
  const headers = { accept: 'application/geo+json, application/json' };
  try {
    return await send({ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  } catch (cause) {
    throw failure(`GET ${url} got no answer: ${cause instanceof Error ? cause.message : ''}`);
  }
}

function failure(message: string): IngestorError {
  return new IngestorError(message, { kind: 'transient' });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
