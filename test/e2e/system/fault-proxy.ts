import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Fault, LoggedPost } from '../deployment/faults.js';

/** A proxy in front of the real ingestor: it forwards requests or responds itself, and logs every POST. */
export class FaultProxy {
  readonly log: LoggedPost[] = [];
  private faults: { readonly fault: Fault; left: number }[] = [];
  private readonly server = createServer((asked, answer) => {
    this.handle(asked, answer).catch((error: unknown) => {
      answer.writeHead(502).end(String(error));
    });
  });
  private open = true;
  private readonly known = new Set<string>();
  private refused = new Set<string>();

  constructor(private readonly ingestorPort: number) {}

  setFaults(faults: readonly Fault[]): void {
    this.faults = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }));
  }

  refuseKnownTokens(): void {
    this.refused = new Set(this.known);
  }

  /** While it is not open, every connection is cut. */
  setOpen(open: boolean): void {
    this.open = open;
    if (!open) this.server.closeAllConnections();
  }

  listen(port: number): void {
    this.server.on('connection', (socket) => {
      if (!this.open) socket.destroy();
    });
    this.server.listen(port, '127.0.0.1');
  }

  private async handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const started = performance.now();
    const body = await buffer(asked);
    const fault = asked.method === 'POST' ? this.fakedAnswer(asked, body.toString()) : undefined;
    const status = fault
      ? send(answer, fault.status, fault.body)
      : await this.forward(asked, body, answer);
    if (asked.method !== 'POST') return;
    const { url: path = '' } = asked;
    const id = idOf(body.toString());
    const milliseconds = performance.now() - started;
    const faked = fault !== undefined;
    this.log.push({ time: Date.now(), path, id, status, faked, milliseconds });
  }

  private fakedAnswer(
    { url = '', headers }: IncomingMessage,
    body: string,
  ): Pick<Fault, 'status' | 'body'> | undefined {
    const token = headers.authorization ?? '';
    if (this.refused.has(token)) return { status: 403, body: { detail: 'Bad auth token' } };
    this.known.add(token);
    const found = this.faults.find(
      ({ fault: { match }, left }) => left > 0 && (body.includes(match) || url.includes(match)),
    );
    if (found) found.left -= 1;
    return found?.fault;
  }

  private forward(asked: IncomingMessage, body: Buffer, answer: ServerResponse): Promise<number> {
    const { method = 'GET', url = '/', headers } = asked;
    const target = { host: '127.0.0.1', port: this.ingestorPort, path: url, method, headers };
    return new Promise((done, fail) => {
      const forwarded = request(target, (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers);
        given.pipe(answer).on('finish', () => {
          done(given.statusCode ?? 502);
        });
      });
      forwarded.on('error', fail);
      forwarded.end(body);
    });
  }
}

function send(answer: ServerResponse, status: number, body: unknown): number {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return status;
}

function idOf(body: string): string {
  try {
    return String((JSON.parse(body) as { id?: unknown }).id);
  } catch {
    return '';
  }
}
