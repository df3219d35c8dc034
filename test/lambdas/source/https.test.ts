import { describe, expect, test } from '@jest/globals';
import { readHttps } from '../../../lambdas/source/https.js';
import { inTurn, json, type Answer } from '../../support/http-server.js';
import { rejection } from '../../support/rejection.js';
import { serverPerTest, type TestServer } from '../../support/test-server.js';

const startServer = serverPerTest();
let server: TestServer | undefined;

async function serve(...responses: Answer[]): Promise<string> {
  server = await startServer(inTurn(...responses));
  return `${server.url}/a`;
}

const failureAt = (href: string) => rejection(readHttps(href));

const RANGE = { offset: 2, length: 3 };

describe('a body', () => {
  test('is requested whole without a range, and in part with one', async () => {
    const href = await serve(json(200, '0123456789'), json(206, '234'));

    expect(Buffer.from(await readHttps(href)).toString()).toBe('0123456789');
    expect(Buffer.from(await readHttps(href, RANGE)).toString()).toBe('234');
    expect(server?.seen.map(({ method, headers }) => [method, headers.range])).toEqual([
      ['GET', undefined],
      ['GET', 'bytes=2-4'],
    ]);
  });

  test('is cut if the server ignores the range', async () => {
    const href = await serve(json(200, '0123456789'));

    expect(Buffer.from(await readHttps(href, RANGE)).toString()).toBe('234');
  });

  test('past the end is empty', async () => {
    expect(await readHttps(await serve(json(416, 'no such range')), RANGE)).toHaveLength(0);
  });
});

describe('a redirect', () => {
  const next: Answer = ({ url }, response) => {
    const turn = Number(url.replace('/a', '')) + 1;
    response.writeHead(307, { location: `/a${turn}` }).end();
  };

  test('is followed five times, relative to the URL that it came from', async () => {
    const href = await serve(next, next, next, next, next, json(200, 'x'));

    expect(Buffer.from(await readHttps(href)).toString()).toBe('x');
    expect(server?.seen.map(({ url }) => url)).toEqual(['/a', '/a1', '/a2', '/a3', '/a4', '/a5']);
  });

  test.each([300, 399])('may have status %i', async (status) => {
    const href = await serve(json(status, '', { location: '/b' }), json(200, 'x'));

    expect(Buffer.from(await readHttps(href)).toString()).toBe('x');
    expect(server?.seen.map(({ url }) => url)).toEqual(['/a', '/b']);
  });

  test('is a permanent error if there are more than five', async () => {
    const href = await serve(next);

    expect(await failureAt(href)).toEqual({
      kind: 'permanent',
      name: 'ReadError',
      message: `${href}: more than 5 redirects, the last to ${server?.url ?? ''}/a6`,
    });
    expect(server?.seen).toHaveLength(6);
  });

  test('needs a status from 300 to 399 and a location', async () => {
    expect((await failureAt(await serve(json(304, '')))).message).toContain('HTTP status 304');
    await server?.close();
    const created = await serve(json(200, 'x', { location: '/elsewhere' }));
    expect(Buffer.from(await readHttps(created)).toString()).toBe('x');
    await server?.close();
    const wrong = await serve(json(400, 'x', { location: '/elsewhere' }));
    expect((await failureAt(wrong)).message).toContain('HTTP status 400');
  });
});

describe('an error', () => {
  test.each([404, 410])('with %d is permanent, and not retried', async (status) => {
    const href = await serve(json(status, ''));

    expect(await failureAt(href)).toEqual({
      kind: 'permanent',
      name: 'ReadError',
      message: `${href}: cannot be read: HTTP status ${status}`,
    });
    expect(server?.seen).toHaveLength(1);
  });

  test.each([
    [404, true],
    [410, false],
  ])('[N16] with %d says whether the file is missing: %s', async (status, missing) => {
    const href = await serve(json(status, ''));

    await expect(readHttps(href)).rejects.toMatchObject({ missing });
  });

  test.each([403, 503])(
    'with %d is transient, and retried up to three requests',
    async (status) => {
      expect(await failureAt(await serve(json(status, '')))).toMatchObject({ kind: 'transient' });
      expect(server?.seen).toHaveLength(3);
    },
  );

  test('of the connection is transient, and names the href', async () => {
    const href = await serve(json(200, ''));
    await server?.close();

    const { kind, message } = await failureAt(href);

    expect(kind).toBe('transient');
    expect(message).toMatch(`${href}: cannot be read: Error: connect ECONNREFUSED`);
  });

  test('keeps the href, and the cause if there is one', async () => {
    const href = await serve(json(503, ''));
    await expect(readHttps(href)).rejects.toMatchObject({ href, kind: 'transient' });
    await server?.close();

    await expect(readHttps(href)).rejects.toMatchObject({
      href,
      kind: 'transient',
      cause: expect.anything() as unknown,
    });
  });

  test('is forgotten if a retry succeeds', async () => {
    const href = await serve(
      json(503, ''),
      (_request, response) => response.destroy(),
      json(200, 'x'),
    );

    expect(Buffer.from(await readHttps(href)).toString()).toBe('x');
  });
});
