import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a function answered to one event, or how it failed. */
export type Outcome =
  | { readonly response: string }
  | { readonly error: unknown; readonly errorType: string | undefined };

interface Waiting {
  readonly id: string;
  readonly event: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly settle: (outcome: Outcome) => void;
}

export interface InvokeOptions {
  /** @default 1, 2, 3 ... */
  readonly id?: string;
  /** Milliseconds that the function has. @default 60,000 */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const LIMIT_BYTES = 6 * 1024 * 1024 + 100_000;

/**
 * A stand-in for the Runtime API of Lambda: gives events to a function that asks for them, and takes what it answers. A
 * response larger than Lambda's limit is refused with 413.
 */
export class RuntimeApiServer {
  /** Method and path of each request. */
  readonly requests: string[] = [];
  /** Settles when the function reports that it cannot start. */
  readonly initError: Promise<Outcome>;
  readonly server = createServer((request, response) => {
    void this.#answer(request, response);
  });
  readonly #queue: Waiting[] = [];
  readonly #given = new Map<string, Waiting>();
  #take: ((waiting: Waiting) => void) | undefined;
  #count = 0;
  #asked = 0;
  readonly #events = new EventEmitter();
  #onInitError: (outcome: Outcome) => void = () => undefined;

  constructor() {
    this.initError = new Promise((resolve) => {
      this.#onInitError = resolve;
    });
  }

  static async start(): Promise<RuntimeApiServer> {
    const started = new RuntimeApiServer();
    await new Promise<void>((resolve) => started.server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  /** For AWS_LAMBDA_RUNTIME_API. */
  get host(): string {
    const { port } = this.server.address() as AddressInfo;
    return `127.0.0.1:${port}`;
  }

  /** Returns what the function makes of an event. @param event the event, or its text */
  invoke(
    event: unknown,
    { timeoutMs = 60_000, headers = {}, ...given }: InvokeOptions = {},
  ): Promise<Outcome> {
    this.#count += 1;
    const { id = String(this.#count) } = given;
    return new Promise((settle) => {
      const waiting: Waiting = {
        id,
        event: typeof event === 'string' ? event : JSON.stringify(event),
        headers: {
          'Lambda-Runtime-Aws-Request-Id': id,
          'Lambda-Runtime-Deadline-Ms': String(Date.now() + timeoutMs),
          'Lambda-Runtime-Invoked-Function-Arn':
            'arn:aws:lambda:eu-central-1:123456789012:function:demo',
          ...headers,
        },
        settle,
      };
      if (this.#take === undefined) this.#queue.push(waiting);
      else this.#take(waiting);
    });
  }

  /** Waits until the function has asked for so many events. */
  async asked(times: number): Promise<void> {
    while (this.#asked < times) await once(this.#events, 'asked');
  }

  /** Ends what waits, when the process of the function has ended. */
  giveUp(reason: string): void {
    for (const { settle } of [...this.#given.values(), ...this.#queue.splice(0)])
      settle({ error: reason, errorType: undefined });
    this.#given.clear();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace('/2018-06-01/runtime/', '');
    this.requests.push(`${request.method ?? ''} ${path}`);
    if (path === 'invocation/next') {
      this.#giveNext(response);
      return;
    }
    const body = await textOf(request);
    const { 'lambda-runtime-function-error-type': type } = request.headers;
    const [, id = '', what] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (what === 'response' && Buffer.byteLength(body) > LIMIT_BYTES) {
      response.writeHead(413).end('{"errorType":"RequestEntityTooLarge"}');
      return;
    }
    response.writeHead(202).end('{"status":"OK"}');
    const failure = { error: tryParse(body), errorType: String(type) };
    if (path === 'init/error') this.#onInitError(failure);
    else this.#settle(id, what === 'error' ? failure : { response: body });
  }

  #giveNext(response: ServerResponse): void {
    this.#asked += 1;
    this.#events.emit('asked');
    const give = (waiting: Waiting): void => {
      this.#take = undefined;
      this.#given.set(waiting.id, waiting);
      response.writeHead(200, { 'Content-Type': 'application/json', ...waiting.headers });
      response.end(waiting.event);
    };
    const first = this.#queue.shift();
    if (first === undefined) this.#take = give;
    else give(first);
  }

  #settle(id: string, outcome: Outcome): void {
    this.#given.get(id)?.settle(outcome);
    this.#given.delete(id);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
