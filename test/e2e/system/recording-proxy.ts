import { createServer, request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { freePorts } from './processes.js';
import { loopback } from './services.js';

export interface RecordingProxy {
  /** The action that each request names, or else its method and path. */
  readonly calls: readonly string[];
  /** Starts to listen on the loopback interface; returns the URL. */
  readonly listen: () => Promise<string>;
  readonly close: () => void;
}

/** A proxy in front of the emulator, which records what a command asks of AWS. */
export function recordingProxy(endpoint: string): RecordingProxy {
  const calls: string[] = [];
  const server = createServer((asked, answer) => {
    void buffer(asked).then((body) => {
      calls.push(callOf(asked, body.toString()));
      const { method, headers, url = '/' } = asked;
      request(`${endpoint}${url}`, { method, headers }, (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers);
        given.pipe(answer);
      })
        .on('error', () => answer.destroy())
        .end(body);
    });
  });
  return {
    calls,
    listen: async () => {
      const [port = 0] = await freePorts(1);
      await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
      return loopback(port);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function callOf({ method = '', url = '', headers }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target;
  return new URLSearchParams(body).get('Action') ?? `${method} ${url}`;
}
