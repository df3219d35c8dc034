import type { Readable } from 'node:stream';
import { ReadError } from '../runtime/errors.js';
import { openHttp, type OpenResponse } from '../runtime/http.js';
import { downloadTo, isRestOf, wholeSize, type OpenBody, type Rest } from './download.js';
import { get, isRedirect, retryRequest, statusError, webError } from './https.js';
import { eachChunk } from './s3-body.js';

/** More than the documents with which S3 explains a status. */
const MAX_DOCUMENT_BYTES = 64 * 1024;

/** Writes what an http(s) URL names to the file `path`. Follows redirects and retries as readHttps does. Throws ReadError. */
export async function downloadHttps(
  href: string,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const open = (rest: Rest | undefined) => retryRequest(() => openUrl(href, rest, signal), signal);
  try {
    await downloadTo({ href, path, open, signal });
  } catch (cause) {
    throw cause instanceof ReadError ? cause : webError(href, cause);
  }
}

async function openUrl(
  href: string,
  rest: Rest | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenBody> {
  const headers = rest && { range: `bytes=${rest.offset}-`, 'if-range': rest.version };
  const response = await get({ href, headers, signal }, openFreeing);
  const { status, body } = response;
  if (status !== 200 && status !== 206) {
    throw statusError(href, status, await startOf(body, signal));
  }
  const { 'content-range': range, 'content-length': length, etag } = response.headers;
  return {
    body,
    size: wholeSize(range, length === undefined ? undefined : Number(length)),
    // Only a strong ETag says that the bytes are the same (RFC 9110 section 13.1.5).
    version: etag?.startsWith('"') === true ? etag : undefined,
    isRest: isRestOf(range, rest),
  };
}

/** Frees the socket of a redirect, whose body is not read. */
async function openFreeing(request: Parameters<typeof openHttp>[0]): Promise<OpenResponse> {
  const response = await openHttp(request);
  if (isRedirect(response)) response.body.destroy();
  return response;
}

/** Reads a body for an error text; one that breaks off explains what it can. */
async function startOf(body: Readable, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const take = (chunk: Buffer) => {
    if (bytes < MAX_DOCUMENT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  };
  await eachChunk(body, take, { signal }).catch(() => undefined);
  return Buffer.concat(chunks);
}
