import * as http from 'node:http';
import * as https from 'node:https';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Time from the start of the request to the last byte of the response, in milliseconds. */
  readonly timeoutMs: number;
  /** Time until the connection, with TLS, is established, in milliseconds. @default only timeoutMs */
  readonly connectMs?: number;
  /** Time without a byte of the response after the connection is established, in milliseconds. @default only timeoutMs */
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
  new Promise((resolve, reject) => {
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
      collect(incoming, request.maxBytes ?? MAX_RESPONSE_BYTES).then((body) => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
      }, reject);
    });
    // Node sets Content-Length only if the whole body is passed to end().
    outgoing.end(request.body);
  });

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
