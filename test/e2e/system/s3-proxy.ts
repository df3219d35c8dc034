import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { loopback } from './services.js';

/** Reads that get no whole response: none at all, or the headers and half of the body. */
export interface Hang {
  /** Text that the path of the object must contain. */
  readonly match: string;
  readonly where: 'before the headers' | 'in the body';
  /** Number of reads that hang; those after them are answered. */
  readonly times: number;
}

/** A proxy in front of the emulator's S3, which lets reads of some objects hang. It forwards redirects and errors. */
export class S3Proxy {
  private readonly hangs: { readonly hang: Hang; left: number }[];
  private readonly server = createServer((asked, answer) => {
    this.handle(asked, answer).catch(() => {
      answer.destroy();
    });
  });

  constructor(
    private readonly emulatorPort: number,
    hangs: readonly Hang[],
  ) {
    this.hangs = hangs.map((hang) => ({ hang, left: hang.times }));
  }

  /** Starts to listen on the loopback interface; returns the URL. */
  listen(): Promise<string> {
    return new Promise((done) => {
      this.server.listen(0, '127.0.0.1', () => {
        done(loopback((this.server.address() as AddressInfo).port));
      });
    });
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const given = await this.forward(asked, await buffer(asked));
    const body = await buffer(given);
    const { statusCode = 502 } = given;
    const where = statusCode < 300 ? this.hangOf(asked.url ?? '') : undefined;
    if (where === 'before the headers') return;
    answer.writeHead(statusCode, given.headers);
    if (where === undefined) answer.end(body);
    else answer.write(body.subarray(0, body.length / 2));
  }

  private hangOf(url: string): Hang['where'] | undefined {
    const found = this.hangs.find(({ hang, left }) => left > 0 && url.includes(hang.match));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.hang.where;
  }

  private forward({ method, url, headers }: IncomingMessage, body: Buffer) {
    const target = { host: '127.0.0.1', port: this.emulatorPort, method, path: url, headers };
    return new Promise<IncomingMessage>((done, fail) => {
      request(target, done).on('error', fail).end(body);
    });
  }
}
