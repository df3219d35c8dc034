import * as http from 'node:http';
import * as https from 'node:https';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the start of the request to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Bytes of the answer kept at most; an answer beyond it is an error. */
  readonly maxBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export type SendHttp = (request: HttpRequest) => Promise<HttpAnswer>;

const MAX_ANSWER_BYTES = 1024 * 1024;
// One connection pool a container. Node's fetch takes three to four times the CPU of this for a small POST.
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/**
 * One HTTP exchange. Follows no redirect and retries nothing; the answer's body is always read to its end.
 * Throws the system's error (`code` ECONNREFUSED, ECONNRESET, ETIMEDOUT ...) when no whole answer came.
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
    const timer = setTimeout(() => {
      outgoing.destroy(networkError('ETIMEDOUT', `no answer within ${request.timeoutMs} ms`));
    }, request.timeoutMs);
    outgoing.on('error', reject);
    outgoing.on('close', () => {
      clearTimeout(timer);
    });
    // An answer cut short makes its stream, and so `collect`, fail.
    outgoing.on('response', (incoming) => {
      collect(incoming, request.maxBytes ?? MAX_ANSWER_BYTES).then((body) => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
      }, reject);
    });
    // The only write: so Node states the length of the body by itself.
    outgoing.end(request.body);
  });

async function collect(incoming: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw networkError('EMSGSIZE', `the answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function networkError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
