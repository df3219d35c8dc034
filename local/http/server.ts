import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { type Fault, type FaultPlan, noFaults } from './faults.js';

export interface LocalRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface LocalAnswer {
  readonly status: number;
  /** JSON text, unless `headers` say otherwise. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LocalServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Ends open connections too, hanging ones included. */
  readonly close: () => Promise<void>;
}

/** A real HTTP server on a free port of the loopback address. */
export async function serve(
  answer: (request: LocalRequest) => LocalAnswer | Promise<LocalAnswer>,
  faults: FaultPlan = noFaults,
): Promise<LocalServer> {
  const server = createServer((incoming, response) => {
    void respond({ incoming, response, answer, faults });
  });
  // Clients keep connections; a server that closes them first makes a client's next POST fail.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: (request: LocalRequest) => LocalAnswer | Promise<LocalAnswer>;
  readonly faults: FaultPlan;
}

async function respond({ incoming, response, answer, faults }: Exchange): Promise<void> {
  try {
    const request = await readRequest(incoming);
    const active = faults(request);
    const result = active && !active.afterwards ? undefined : await answer(request);
    if (active) sendFault(response, active.fault);
    else if (result) sendAnswer(response, result);
  } catch {
    // As the real one answers what it did not foresee.
    if (response.headersSent) response.destroy();
    else sendAnswer(response, INTERNAL_ERROR);
  }
}

export const INTERNAL_ERROR: LocalAnswer = {
  status: 500,
  body: 'Internal Server Error',
  headers: { 'content-type': 'text/plain; charset=utf-8' },
};

async function readRequest(incoming: IncomingMessage): Promise<LocalRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const [path = '/', query] = (incoming.url ?? '/').split('?', 2);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function sendAnswer(response: ServerResponse, { status, body, headers }: LocalAnswer): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': length,
    ...headers,
  });
  response.end(body);
}

function sendFault(response: ServerResponse, fault: Fault): void {
  switch (fault.kind) {
    case 'status':
      sendAnswer(response, { body: '{"detail":"injected fault"}', ...fault });
      return;
    case 'redirect':
      sendAnswer(response, { status: 307, body: '', headers: { location: fault.location } });
      return;
    case 'half':
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"id":"half', () => response.destroy());
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      return;
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
