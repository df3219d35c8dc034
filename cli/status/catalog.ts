import * as z from 'zod/mini';
import { IngestorError } from '../../lambdas/runtime/errors.js';
import { sendHttp, type SendHttp } from '../../lambdas/runtime/http.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';

/** A Collection in the STAC API. */
export interface CatalogStatus {
  readonly url: string;
  /** Number of Items; undefined if the API does not report it. */
  readonly items: number | undefined;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** OGC API Features reports the count as numberMatched, the older context extension as context.matched. */
const PageSchema = z.object({
  numberMatched: z.nullish(z.number()),
  context: z.nullish(z.object({ matched: z.nullish(z.number()) })),
});

/** Requests the number of Items of a Collection. Throws IngestorError. */
export async function catalogStatus(
  stacApiUrl: string,
  collection: string,
  send: SendHttp = sendHttp,
): Promise<CatalogStatus> {
  const url = `${withoutTrailingSlashes(stacApiUrl)}/collections/${encodeURIComponent(collection)}`;
  const { status, body } = await get(`${url}/items?limit=1`, send);
  if (status === 404) throw failure(`GET ${url}/items: the Collection does not exist`);
  if (status !== 200) throw failure(`GET ${url}/items returned HTTP status ${status}`);
  const page = PageSchema.safeParse(tryParseJson(body.toString('utf8')));
  if (!page.success) throw failure(`GET ${url}/items returned a response that is not STAC`);
  const { numberMatched, context } = page.data;
  return { url, items: numberMatched ?? context?.matched ?? undefined };
}

async function get(url: string, send: SendHttp): ReturnType<SendHttp> {
  const headers = { accept: 'application/geo+json, application/json' };
  try {
    return await send({ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  } catch (cause) {
    throw failure(`GET ${url} failed: ${cause instanceof Error ? cause.message : ''}`);
  }
}

function failure(message: string): IngestorError {
  return new IngestorError(message, { kind: 'transient' });
}
