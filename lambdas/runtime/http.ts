import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent as it is read, with the Content-Length of `headers`, and destroyed if the request fails. */
  readonly body?: string | Readable;
  /** Time from the start of the request to the last byte of the response, in milliseconds. */
  readonly timeoutMs: number;
  /** Time until the connection, with TLS, is established, in milliseconds. @default only timeoutMs */
  readonly connectMs?: number;
  /** Time without a byte sent or received after the connection is established, in milliseconds. @default only timeoutMs */
  readonly idleMs?: number;
  /** Ends the request and frees its socket. */
  readonly signal?: AbortSignal | undefined;
  /** Maximum size of the response body in bytes; a larger one is an error. @default 1 MiB */
  readonly maxBytes?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Whether a server that answers with this status is down or too busy, so that the same request may succeed later. */
export function isBusyStatus(status: number): boolean {
  return status === 429 || status >= 500;
}

export type SendHttp = (request: HttpRequest) => Promise<HttpResponse>;

const MAX_RESPONSE_BYTES = 1024 * 1024;
// One connection pool per container. Node's fetch takes three to four times the CPU time for a small POST.
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/**
 * Sends one HTTP request and reads the whole response. Does not follow redirects and does not retry. Throws the system's
 * error (`code` ECONNREFUSED, ECONNRESET, ETIMEDOUT, ECANCELED ...) if there was no complete response; the socket is then
 * closed.
 */
export const sendHttp: SendHttp = (request) =>
  exchange(request, async (incoming) => ({
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: await collect(incoming, request.maxBytes ?? MAX_RESPONSE_BYTES),
  }));

/** A response whose body has not been read. The caller reads it to its end or destroys it, which frees the socket. */
export interface OpenResponse extends Omit<HttpResponse, 'body'> {
  readonly body: http.IncomingMessage;
}

/**
 * Sends one HTTP request and returns when the headers of the response have arrived. The limits of the request, also
 * `timeoutMs` and `signal`, do not apply to the body. Throws as sendHttp does.
 */
export function openHttp(request: Omit<HttpRequest, 'maxBytes'>): Promise<OpenResponse> {
  return exchange(request, (body, release) => {
    release();
    body.socket.setTimeout(0);
    return Promise.resolve({ status: body.statusCode ?? 0, headers: body.headers, body });
  });
}

function exchange<T>(
  request: HttpRequest,
  receive: (incoming: http.IncomingMessage, release: () => void) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.url);
    const secure = url.protocol === 'https:';
    const outgoing = (secure ? https : http).request(url, {
      method: request.method,
      agent: agents[secure ? 'https:' : 'http:'],
      headers: { ...request.headers },
    });
    const release = limitRequest(outgoing, request, (error) => {
      // In the middle of a body, destroying the request alone would only report that it was aborted.
      reject(error);
      outgoing.destroy(error);
    });
    outgoing.on('error', reject);
    outgoing.on('close', release);
    // If the response is truncated, its stream fails and `collect` rejects.
    outgoing.on('response', (incoming) => {
      receive(incoming, release).then(resolve, reject);
    });
    const { body } = request;
    // Node sets Content-Length only if the whole body is passed to end().
    if (typeof body !== 'object') outgoing.end(body);
    else pipeline(body, outgoing).catch(reject);
  });
}

type Fail = (error: Error) => void;

/** Calls `fail` when a limit of the request is reached. Returns a function that removes the limits. */
function limitRequest(
  outgoing: http.ClientRequest,
  { timeoutMs, connectMs, idleMs, signal }: HttpRequest,
  fail: Fail,
): () => void {
  const late = (message: string) => () => {
    fail(networkError('ETIMEDOUT', message));
  };
  const timer = setTimeout(late(`no response within ${timeoutMs} ms`), timeoutMs);
  const onAbort = () => {
    fail(networkError('ECANCELED', 'the request was given up'));
  };
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  if (idleMs !== undefined) outgoing.setTimeout(idleMs, late(`no byte for ${idleMs} ms`));
  const stopConnecting =
    connectMs === undefined
      ? undefined
      : limitConnecting(outgoing, connectMs, late(`not connected within ${connectMs} ms`));
  return () => {
    clearTimeout(timer);
    stopConnecting?.();
    signal?.removeEventListener('abort', onAbort);
  };
}

function limitConnecting(
  outgoing: http.ClientRequest,
  connectMs: number,
  fail: () => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
  };
  outgoing.on('socket', (socket) => {
    // A socket of the pool is connected.
    if (!socket.connecting) return;
    timer = setTimeout(fail, connectMs);
    socket.once(outgoing.protocol === 'https:' ? 'secureConnect' : 'connect', stop);
  });
  return stop;
}

async function collect(incoming: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw networkError('EMSGSIZE', `the response is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function networkError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
