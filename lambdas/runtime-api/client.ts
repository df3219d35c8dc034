import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { errorCode } from '../runtime/error-codes.js';
import type { ErrorReport } from './error-report.js';

/** One event for the function, as Lambda passes it. */
export interface Invocation {
  readonly id: string;
  /** The event as JSON. */
  readonly event: string;
  readonly headers: IncomingHttpHeaders;
}

const VERSION = '2018-06-01';
const TOO_LARGE = 413;

/** Thrown when Lambda refuses a request, after which the function cannot go on. */
export class RuntimeApiError extends Error {
  override readonly name = 'Runtime.ApiError';
}

/** Thrown when a response is larger than Lambda accepts. */
export class ResponseTooLargeError extends Error {
  override readonly name = 'Function.ResponseSizeTooLarge';
}

/**
 * Lambda's interface for programs that run a function. Not fetch, which gives up after five minutes without a response:
 * the next event may take hours.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #host: string;
  readonly #agent = new Agent({ keepAlive: true });

  /** @param host host and port, from AWS_LAMBDA_RUNTIME_API */
  constructor(host: string) {
    this.#host = host;
  }

  /** Waits for the next event, without a time limit. Throws RuntimeApiError. */
  async next(): Promise<Invocation> {
    const { status, headers, body } = await this.#call('GET', 'invocation/next');
    const id = headers['lambda-runtime-aws-request-id'];
    if (status !== 200 || typeof id !== 'string') {
      throw new RuntimeApiError(`Lambda gave no event: HTTP status ${status} ${body}`);
    }
    return { id, event: body, headers };
  }

  /** Returns the result of an invocation. Throws ResponseTooLargeError and RuntimeApiError. */
  async respond(id: string, json: string): Promise<void> {
    const { status, body } = await this.#call('POST', `invocation/${id}/response`, { json });
    if (status === TOO_LARGE) {
      const bytes = Buffer.byteLength(json);
      throw new ResponseTooLargeError(`the response has ${bytes} bytes, more than Lambda accepts`);
    }
    assertAccepted(status, `Lambda refused the response of ${id}: ${body}`);
  }

  /** Reports that an invocation failed. Throws RuntimeApiError. */
  async fail(id: string, report: ErrorReport): Promise<void> {
    await this.#report(`invocation/${id}/error`, report);
  }

  /** Reports that the function cannot start. Throws RuntimeApiError. */
  async failInit(report: ErrorReport): Promise<void> {
    await this.#report('init/error', report);
  }

  /** Closes the connections, for tests: they would keep the process alive. */
  close(): void {
    this.#agent.destroy();
  }

  async #report(path: string, report: ErrorReport): Promise<void> {
    const json = JSON.stringify(report);
    const { status, body } = await this.#call('POST', path, { json, errorType: report.errorType });
    assertAccepted(status, `Lambda refused the error ${report.errorType}: ${body}`);
  }

  /** A connection may have been closed while the function worked; that is not a failure of the request. */
  async #call(method: string, path: string, content: Content = {}): Promise<Reply> {
    try {
      return await this.#send(method, path, content);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return this.#send(method, path, content);
    }
  }

  #send(method: string, path: string, { json, errorType }: Content): Promise<Reply> {
    const data = json === undefined ? undefined : Buffer.from(json);
    return new Promise((resolve, reject) => {
      const outgoing = request(`http://${this.#host}/${VERSION}/runtime/${path}`, {
        method,
        agent: this.#agent,
        headers: {
          ...(data && { 'Content-Type': 'application/json', 'Content-Length': data.length }),
          ...(errorType !== undefined && { 'Lambda-Runtime-Function-Error-Type': errorType }),
        },
      });
      outgoing.once('response', (response) => {
        const { statusCode: status = 0, headers } = response;
        text(response).then((body) => {
          resolve({ status, headers, body });
        }, reject);
      });
      outgoing.once('error', (error) => {
        const isStale = outgoing.reusedSocket && errorCode(error) === 'ECONNRESET';
        reject(isStale ? new StaleConnection(error.message) : error);
      });
      outgoing.end(data);
    });
  }
}

class StaleConnection extends Error {}

interface Content {
  readonly json?: string;
  readonly errorType?: string;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function assertAccepted(status: number, refusal: string): void {
  if (status < 200 || status > 299) throw new RuntimeApiError(`${refusal} (HTTP status ${status})`);
}
