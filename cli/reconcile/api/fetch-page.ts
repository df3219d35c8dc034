import * as z from 'zod/mini';
import type { Clock } from '../../../lambdas/runtime/clock.js';
import { errorCode } from '../../../lambdas/runtime/error-codes.js';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import type { HttpResponse, SendHttp } from '../../../lambdas/runtime/http.js';
import { tryParseJson } from '../../../lambdas/runtime/json.js';
import { isTransient, parseRetryAfter, retry } from '../../../lambdas/runtime/retry.js';
import { excerpt } from '../../../lambdas/runtime/text.js';
import { nextRequest, type PageRequest } from './page-request.js';

/** What is needed to know of an Item in the catalogue. */
export interface CatalogItem {
  readonly id: string;
  /** Undefined if the server does not say it. */
  readonly collection: string | undefined;
  /** The later of `datetime` and `created`, in milliseconds since the epoch; undefined if both are missing. */
  readonly time: number | undefined;
  /** `processing:software`, if it was asked for and the Item has it. */
  readonly software?: unknown;
}

export interface ItemPage {
  readonly items: readonly CatalogItem[];
  /** Undefined after the last page. */
  readonly next: PageRequest | undefined;
  /** Number of Items of all pages; undefined if the server does not count them. */
  readonly matched: number | undefined;
}

export interface PageTools {
  readonly send: SendHttp;
  readonly clock: Clock;
  /** Ends the wait for a response, and before another try. */
  readonly signal?: AbortSignal | undefined;
}

const FeatureSchema = z.object({
  id: z.string(),
  collection: z.nullish(z.string()),
  properties: z.nullish(
    z.object({
      datetime: z.nullish(z.string()),
      end_datetime: z.nullish(z.string()),
      created: z.nullish(z.string()),
      'processing:software': z.optional(z.unknown()),
    }),
  ),
});

const PageSchema = z.object({
  features: z.array(FeatureSchema),
  links: z.nullish(z.array(z.unknown())),
  numberMatched: z.nullish(z.number()),
  context: z.nullish(z.object({ matched: z.nullish(z.number()) })),
});

const TIMEOUT_MS = 120_000;
/** A page of a server that ignores `fields` has whole Items, of some 10 kB each. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The waits together take up to two minutes, which a restart of the API takes. */
const TRIES = 8;
const BACKOFF = { firstMs: 1_000, maxMs: 40_000 };

/**
 * Requests one page. Repeats the request while the server is down or overloaded. Throws IngestorError.
 *
 * @param tries number of requests, including the first
 */
export async function fetchPage(
  request: PageRequest,
  tools: PageTools,
  tries = TRIES,
): Promise<ItemPage> {
  return pageOf(await sendPatiently(request, tools, tries), request);
}

/** Returns the response with status 200. Throws IngestorError, permanent if the server refuses the request. */
export function sendPatiently(
  request: PageRequest,
  tools: PageTools,
  tries = TRIES,
): Promise<HttpResponse> {
  return retry(() => sendOnce(request, tools), {
    tries,
    deadline: Infinity,
    backoff: BACKOFF,
    isRetryable: (error) => isTransient(error) && tools.signal?.aborted !== true,
    clock: tools.clock,
  });
}

/** An error of a server that says when to try again. */
class BusyError extends IngestorError {
  constructor(
    message: string,
    readonly retryAfterMs: number,
    status: number,
  ) {
    super(message, { kind: 'transient', status });
  }
}

async function sendOnce(request: PageRequest, { send, signal }: PageTools): Promise<HttpResponse> {
  const { method, url, body, headers } = request;
  const response = await send({
    method,
    url,
    headers: {
      accept: 'application/geo+json, application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    signal,
  }).catch((cause: unknown) => {
    // The same page would be as large the next time.
    const kind = errorCode(cause) === 'EMSGSIZE' ? 'permanent' : 'transient';
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IngestorError(`${method} ${url} failed: ${reason}`, { kind, cause });
  });
  checkStatus(response, `${method} ${url}`);
  return response;
}

const BUSY = [408, 425, 429];

function checkStatus({ status, headers, body }: HttpResponse, name: string): void {
  if (status === 200) return;
  const said = excerpt(body.toString('utf8').replaceAll(/\s+/g, ' ').trim());
  const message = `${name} returned HTTP status ${status}${said === '' ? '' : `: ${said}`}`;
  if (status >= 500 || BUSY.includes(status))
    throw new BusyError(message, parseRetryAfter(headers['retry-after']), status);
  throw new IngestorError(message, { kind: 'permanent', status });
}

function pageOf({ body }: HttpResponse, request: PageRequest): ItemPage {
  const { data } = PageSchema.safeParse(tryParseJson(body.toString('utf8')));
  if (data === undefined) {
    throw new IngestorError(
      `${request.method} ${request.url} returned a response that is not a page of STAC Items`,
      { kind: 'permanent' },
    );
  }
  return {
    items: data.features.map(itemOf),
    next: nextRequest(data.links ?? [], request),
    matched: data.numberMatched ?? data.context?.matched ?? undefined,
  };
}

function itemOf({ id, collection, properties }: z.infer<typeof FeatureSchema>): CatalogItem {
  const { datetime, end_datetime: end, created } = properties ?? {};
  const times = [datetime ?? end, created].map((text) => Date.parse(text ?? ''));
  const known = times.filter((time) => !Number.isNaN(time));
  const time = known.length === 0 ? undefined : Math.max(...known);
  const software = properties?.['processing:software'];
  return {
    id,
    collection: collection ?? undefined,
    time,
    ...(software !== undefined && { software }),
  };
}
