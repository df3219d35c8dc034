import { archiveHint } from '../runtime/archive.js';
import { ReadError } from '../runtime/errors.js';
import { MAX_READ_BYTES, type ByteRange } from './source.js';
import { sendHttp, type HttpResponse } from '../runtime/http.js';
import { isTransient, retry } from '../runtime/retry.js';

const TIMEOUT_MS = 30_000;
const CONNECT_MS = 3_000;
/** Time without a byte after which a request is sent again: three of them fit into half of the default timeout. */
const IDLE_MS = 8_000;
const MAX_REDIRECTS = 5;

/**
 * Reads an http(s) URL, or part of it with a Range header. Follows up to five redirects. Retries transient errors for
 * 30 s, also a server that stops sending; `signal` ends the read. Throws ReadError: permanent for status 404 or 410 and
 * for too many redirects, otherwise transient.
 */
export async function readHttps(
  href: string,
  range?: ByteRange,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return retry(() => readOnce({ href, range, signal }), {
    tries: 3,
    deadline: Date.now() + TIMEOUT_MS,
    isRetryable: (error) => isTransient(error) && signal?.aborted !== true,
  });
}

interface Read {
  readonly href: string;
  readonly range: ByteRange | undefined;
  readonly signal: AbortSignal | undefined;
}

async function readOnce(read: Read): Promise<Uint8Array> {
  const { href, range } = read;
  let url = href;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await get(url, read);
    const { location } = response.headers;
    if (response.status < 300 || response.status >= 400 || location === undefined) {
      return bodyOf(response, href, range);
    }
    url = new URL(location, url).href;
  }
  throw new ReadError(`${href}: more than ${MAX_REDIRECTS} redirects, the last to ${url}`, {
    href,
    kind: 'permanent',
  });
}

async function get(url: string, { href, range, signal }: Read): Promise<HttpResponse> {
  const headers = range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
  try {
    return await sendHttp({
      method: 'GET',
      url,
      timeoutMs: TIMEOUT_MS,
      connectMs: CONNECT_MS,
      idleMs: IDLE_MS,
      signal,
      maxBytes: MAX_READ_BYTES,
      ...(headers && { headers }),
    });
  } catch (cause) {
    throw new ReadError(`${href}: cannot be read: ${String(cause)}`, {
      href,
      kind: 'transient',
      cause,
    });
  }
}

function bodyOf({ status, body }: HttpResponse, href: string, range?: ByteRange): Uint8Array {
  if (status === 206) return body;
  // A server may ignore Range and return the whole body (RFC 9110 section 14.2).
  if (status === 200)
    return range ? body.subarray(range.offset, range.offset + range.length) : body;
  if (status === 416) return new Uint8Array();
  const gone = status === 404 || status === 410;
  const hint = gone ? archiveHint(href) : '';
  throw new ReadError(`${href}: cannot be read: HTTP status ${status}${hint}`, {
    href,
    kind: gone ? 'permanent' : 'transient',
    missing: status === 404 && hint === '',
  });
}
