import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Fault, type FaultPlan, noFaults } from './faults.js';

export interface LocalRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface LocalResponse {
  readonly status: number;
  /** JSON, unless `headers` set another content type. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Produces the response to a request. If it throws, the server responds with status 500. */
export type Respond = (request: LocalRequest) => LocalResponse | Promise<LocalResponse>;

export interface LocalServer {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  /** Stops the server and closes all open connections. */
  readonly close: () => Promise<void>;
  /** Lets the process end although the server is still open. */
  readonly unref: () => void;
}

/** Starts an HTTP server on a free port of the loopback address. */
export async function serve(respond: Respond, faults: FaultPlan = noFaults): Promise<LocalServer> {
  const server = createServer((incoming, response) => {
    void handle({ incoming, response, respond, faults });
  });
  // Clients keep connections open. If the server closed an idle one first, the client's next POST could fail.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => close(server),
    unref: () => {
      unref(server);
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly respond: Respond;
  readonly faults: FaultPlan;
}

async function handle({ incoming, response, respond, faults }: Exchange): Promise<void> {
  try {
    const request = await readRequest(incoming);
    const active = faults(request);
    const fault = active?.fault;
    const isProcessed = active === undefined || active.afterwards || fault?.kind === 'slow';
    const result = isProcessed ? await respond(request) : undefined;
    if (fault?.kind === 'slow') await sleep(fault.ms);
    if (fault && fault.kind !== 'slow') sendFault(response, fault);
    else if (result) sendResponse(response, result);
  } catch {
    // The real ingestor responds to unexpected errors in the same way.
    if (response.headersSent) response.destroy();
    else sendResponse(response, INTERNAL_ERROR);
  }
}

export const INTERNAL_ERROR: LocalResponse = {
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

function sendResponse(response: ServerResponse, { status, body, headers }: LocalResponse): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': length,
    ...headers,
  });
  response.end(body);
}

function sendFault(response: ServerResponse, fault: Exclude<Fault, { kind: 'slow' }>): void {
  switch (fault.kind) {
    case 'status':
      sendResponse(response, { body: '{"detail":"injected fault"}', ...fault });
      return;
    case 'redirect':
      sendResponse(response, { status: 307, body: '', headers: { location: fault.location } });
      return;
    case 'half':
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"id":"half', () => response.destroy());
      return;
    case 'stall':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"id":"half');
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

/** A connection that was accepted keeps the process alive too, even an idle one. */
function unref(server: Server): void {
  server.unref();
  server.on('connection', (socket) => {
    socket.unref();
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
