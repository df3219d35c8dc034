import type { IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { errorCode } from '../../../lambdas/runtime/error-codes.js';
import { sendHttp } from '../../../lambdas/runtime/http.js';
import { json, type Answer } from '../../support/http-server.js';
import { serverPerTest, type TestServer } from '../../support/test-server.js';

const startServer = serverPerTest();
let server: TestServer | undefined;

async function serve(answer: Answer): Promise<string> {
  server = await startServer(answer);
  return server.url;
}

async function failureOf(sent: Promise<unknown>): Promise<[string | undefined, string]> {
  const error: unknown = await sent.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return [errorCode(error), String((error as Error | undefined)?.message)];
}

describe('sendHttp', () => {
  test('returns the status, the headers and the whole body', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(418, { 'x-test': 'yes' });
      response.write('a');
      setImmediate(() => response.end('é'));
    });

    const { status, headers, body } = await sendHttp({ method: 'GET', url, timeoutMs: 5_000 });

    expect([status, headers['x-test'], body.toString()]).toEqual([418, 'yes', 'aé']);
  });

  test('sends Content-Length in bytes, and none without a body', async () => {
    const url = await serve(json(200, {}));
    const headers = { 'x-correlation-id': 'c' };

    await sendHttp({ method: 'POST', url, headers, body: 'é', timeoutMs: 5_000 });
    await sendHttp({ method: 'GET', url, headers, timeoutMs: 5_000 });

    expect(server?.seen).toMatchObject([
      { method: 'POST', body: 'é', headers: { 'content-length': '2', 'x-correlation-id': 'c' } },
      { method: 'GET', body: '', headers: { 'x-correlation-id': 'c' } },
    ]);
    expect(server?.seen[0]?.headers).not.toHaveProperty('transfer-encoding');
    expect(server?.seen[1]?.headers).not.toHaveProperty('content-length');
  });

  test('does not follow redirects', async () => {
    const url = await serve(json(302, '', { location: '/elsewhere' }));

    const { status, headers } = await sendHttp({ method: 'GET', url, timeoutMs: 5_000 });

    expect([status, headers.location, server?.seen.length]).toEqual([302, '/elsewhere', 1]);
  });

  test('reuses the previous connection', async () => {
    const sockets = new Set<IncomingMessage['socket'] | null>();
    const url = await serve((_request, response) => {
      sockets.add(response.socket);
      response.end('x');
    });

    for (let turn = 0; turn < 3; turn += 1)
      await sendHttp({ method: 'GET', url, timeoutMs: 5_000 });

    expect(sockets.size).toBe(1);
  });

  test('leaves no timer behind', async () => {
    const url = await serve(json(200, {}));
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');

    const before = timers().length;
    for (let turn = 0; turn < 5; turn += 1) {
      await sendHttp({ method: 'GET', url, timeoutMs: 60_000 });
    }
    await new Promise((resolve) => setImmediate(resolve));

    // One that a socket of the server or of the pool has for itself may come or go.
    expect(timers().length - before).toBeLessThan(4);
  });
});

describe('an incomplete response', () => {
  test('after the timeout is ETIMEDOUT, even in the middle of a body', async () => {
    const silent = await serve(() => undefined);
    const [code, message] = await failureOf(
      sendHttp({ method: 'GET', url: silent, timeoutMs: 30 }),
    );
    expect([code, message]).toEqual(['ETIMEDOUT', 'no response within 30 ms']);

    await server?.close();
    const half = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
    });
    await expect(sendHttp({ method: 'GET', url: half, timeoutMs: 200 })).rejects.toThrow();
  });

  test('of a server that sends nothing for too long is ETIMEDOUT, before and in the body', async () => {
    const silent = await serve(() => undefined);
    const limits = { timeoutMs: 5_000, idleMs: 40 };
    expect(await failureOf(sendHttp({ method: 'GET', url: silent, ...limits }))).toEqual([
      'ETIMEDOUT',
      'no byte for 40 ms',
    ]);

    await server?.close();
    const half = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
    });
    expect(await failureOf(sendHttp({ method: 'GET', url: half, ...limits }))).toEqual([
      'ETIMEDOUT',
      'no byte for 40 ms',
    ]);
  });

  test('of a slow server that is never idle for long is complete', async () => {
    const url = await serve((_request, response) => {
      let turn = 0;
      const timer = setInterval(() => {
        turn += 1;
        response.write('x');
        if (turn < 9) return;
        clearInterval(timer);
        response.end();
      }, 100);
    });

    const { body } = await sendHttp({ method: 'GET', url, timeoutMs: 20_000, idleMs: 750 });

    expect(body.toString()).toBe('x'.repeat(9));
  });

  test('that is given up is ECANCELED, and its socket is closed', async () => {
    let close: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    const url = await serve((_request, response) => response.on('close', close));
    const given = new AbortController();
    const sent = sendHttp({ method: 'GET', url, timeoutMs: 5_000, signal: given.signal });
    setTimeout(() => {
      given.abort();
    }, 30);

    expect(await failureOf(sent)).toEqual(['ECANCELED', 'the request was given up']);
    await closed;
  });

  test('because of a broken connection is an error, not a shorter body', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => response.destroy());
    });

    expect((await failureOf(sendHttp({ method: 'GET', url, timeoutMs: 5_000 })))[0]).toBe(
      'ECONNRESET',
    );
  });

  test('from a port without a server is ECONNREFUSED', async () => {
    const url = await serve(json(200, {}));
    await server?.close();

    expect((await failureOf(sendHttp({ method: 'GET', url, timeoutMs: 5_000 })))[0]).toBe(
      'ECONNREFUSED',
    );
  });

  test('that is a byte larger than allowed is EMSGSIZE', async () => {
    const url = await serve((_request, response) => response.end('12345'));
    const send = (maxBytes: number) => sendHttp({ method: 'GET', url, timeoutMs: 5_000, maxBytes });

    expect((await send(5)).body.toString()).toBe('12345');
    expect(await failureOf(send(4))).toEqual(['EMSGSIZE', 'the response is larger than 4 bytes']);
  });

  test('of more than a mebibyte is accepted by default', async () => {
    const url = await serve((_request, response) => response.end(Buffer.alloc(1024 * 1024 + 1)));

    expect((await failureOf(sendHttp({ method: 'GET', url, timeoutMs: 5_000 })))[0]).toBe(
      'EMSGSIZE',
    );
  });
});

describe('https', () => {
  let plain: Server | undefined;

  afterEach(() => {
    plain?.close();
  });

  test('that does not complete its handshake in time is ETIMEDOUT', async () => {
    plain = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => plain?.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}/`;

    const sent = sendHttp({ method: 'GET', url, timeoutMs: 5_000, connectMs: 40 });

    expect(await failureOf(sent)).toEqual(['ETIMEDOUT', 'not connected within 40 ms']);
  });

  test('begins with a TLS handshake, never with the request in the clear', async () => {
    const first = new Promise<Buffer>((resolve) => {
      plain = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', (bytes: Buffer) => {
          resolve(bytes);
          socket.destroy();
        });
      });
    });
    await new Promise<void>((resolve) => plain?.listen(0, '127.0.0.1', resolve));
    const { port } = plain?.address() as AddressInfo;

    const headers = { authorization: 'Bearer secret' };
    const sent = sendHttp({
      method: 'GET',
      url: `https://127.0.0.1:${port}/`,
      headers,
      timeoutMs: 5_000,
    });

    await expect(sent).rejects.toThrow();
    // Record type 22: a handshake (RFC 8446 section 5.1).
    expect((await first)[0]).toBe(22);
  });
});
