import { archiveHint } from '../runtime/archive.js';
import { ReadError } from '../runtime/errors.js';
import { explain, type S3Explanation } from './s3-error.js';
import { saidBy, tryRefusal, type S3Refusal } from './s3-refusal.js';
import { MAX_READ_BYTES, type ByteRange } from './source.js';
import { sendHttp, type HttpRequest, type HttpResponse } from '../runtime/http.js';
import { isTransient, retry } from '../runtime/retry.js';

const TIMEOUT_MS = 30_000;
const CONNECT_MS = 3_000;
/** Time without a byte after which a request is sent again: three of them fit into half of the default timeout. */
const IDLE_MS = 8_000;
const MAX_REDIRECTS = 5;

/**
 * Reads an http(s) URL, or part of it with a Range header. Follows up to five redirects. Retries transient errors for
 * 30 s, also a server that stops sending; `signal` ends the read. Throws ReadError: permanent for status 404 or 410, for
 * too many redirects and for an object that S3 has archived, otherwise transient.
 */
export async function readHttps(
  href: string,
  range?: ByteRange,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return retryRequest(async () => {
    const send = (request: WebRequest) => sendHttp({ ...request, maxBytes: MAX_READ_BYTES });
    const headers = range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
    return bodyOf(await get({ href, headers, signal }, send), href, range);
  }, signal);
}

/** Retries transient errors of requests for the start or the whole of a response. */
export function retryRequest<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return retry(attempt, {
    tries: 3,
    deadline: Date.now() + TIMEOUT_MS,
    isRetryable: (error) => isTransient(error) && signal?.aborted !== true,
  });
}

type WebRequest = Omit<HttpRequest, 'maxBytes'>;

interface Get {
  readonly href: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Sends a GET, and sends it on as long as `send` returns a redirect. Throws ReadError. */
export async function get<R extends Pick<HttpResponse, 'status' | 'headers'>>(
  { href, headers, signal }: Get,
  send: (request: WebRequest) => Promise<R>,
): Promise<R> {
  const limits = { timeoutMs: TIMEOUT_MS, connectMs: CONNECT_MS, idleMs: IDLE_MS, signal };
  let url = href;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const request = { method: 'GET' as const, url, ...limits, ...(headers && { headers }) };
    const response = await send(request).catch((cause: unknown) => {
      throw webError(href, cause);
    });
    if (!isRedirect(response)) return response;
    url = new URL(response.headers.location ?? '', url).href;
  }
  throw new ReadError(`${href}: more than ${MAX_REDIRECTS} redirects, the last to ${url}`, {
    href,
    kind: 'permanent',
  });
}

export function isRedirect({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): boolean {
  return status >= 300 && status < 400 && headers.location !== undefined;
}

/** Returns the error for a request without a complete response. */
export function webError(href: string, cause: unknown): ReadError {
  return new ReadError(`${href}: cannot be read: ${String(cause)}`, {
    href,
    kind: 'transient',
    cause,
  });
}

function bodyOf({ status, body }: HttpResponse, href: string, range?: ByteRange): Uint8Array {
  if (status === 206) return body;
  // A server may ignore Range and return the whole body (RFC 9110 section 14.2).
  if (status === 200)
    return range ? body.subarray(range.offset, range.offset + range.length) : body;
  if (status === 416) return new Uint8Array();
  throw statusError(href, status, body);
}

const NO_CREDENTIALS =
  'an http(s) URL is read without credentials: use s3://bucket/key for an object that needs those of AWS, or a signed URL that has not expired';

/** Returns the error for a status. S3 and stores like it explain a refusal in a document, whatever the way to them. */
export function statusError(href: string, status: number, body: Uint8Array): ReadError {
  const refusal = tryRefusal(body);
  const gone = status === 404 || status === 410;
  const hint = gone ? archiveHint(href) : '';
  const said = refusal === undefined ? '' : ` (${saidBy(refusal)})`;
  const { kind, advice } = adviceFor(status, refusal);
  const todo = gone || advice === undefined ? '' : `: ${advice}`;
  return new ReadError(`${href}: cannot be read: HTTP status ${status}${said}${hint}${todo}`, {
    href,
    kind: gone ? 'permanent' : kind,
    missing: status === 404 && hint === '' && refusal?.code !== 'NoSuchBucket',
  });
}

function adviceFor(status: number, refusal: S3Refusal | undefined): S3Explanation {
  const isDenied = refusal === undefined || refusal.code === 'AccessDenied';
  if (isDenied && (status === 401 || status === 403))
    return { kind: 'transient', advice: NO_CREDENTIALS };
  if (refusal === undefined) return { kind: 'transient' };
  return explain(refusal, { action: 's3:GetObject', requesterPays: false });
}
