import { describe, expect, test } from '@jest/globals';
import { RuntimeApi } from '../../../lambdas/runtime-api/client.js';
import { inTurn, json, type Answer } from '../../support/http-server.js';
import { serverPerTest } from '../../support/test-server.js';

const start = serverPerTest();

async function apiOf(answer: Answer) {
  const server = await start(answer);
  return { api: new RuntimeApi(server.url.replace('http://', '')), server };
}

const reset: Answer = (_, response) => {
  response.socket?.resetAndDestroy();
};

describe('the client of the Runtime API', () => {
  test('keeps its connection', async () => {
    const ports = new Set<unknown>();
    const { api } = await apiOf((_, response) => {
      ports.add(response.socket?.remotePort);
      response.writeHead(202).end();
    });

    for (const id of ['1', '2', '3']) await api.respond(id, '{}');

    expect(ports.size).toBe(1);
  });

  test('sends a response again if its connection was closed meanwhile', async () => {
    const { api, server } = await apiOf(inTurn(json(202, {}), reset, json(202, {})));
    await api.respond('1', '{}');

    await api.respond('2', '{"a":1}');

    expect(server.seen.map(({ url, body }) => [url, body])).toEqual([
      ['/2018-06-01/runtime/invocation/1/response', '{}'],
      ['/2018-06-01/runtime/invocation/2/response', '{"a":1}'],
      ['/2018-06-01/runtime/invocation/2/response', '{"a":1}'],
    ]);
  });

  test('fails if a new connection is closed', async () => {
    const { api, server } = await apiOf(reset);

    await expect(api.respond('1', '{}')).rejects.toThrow('ECONNRESET');
    expect(server.seen).toHaveLength(1);
  });

  test('waits for an event as long as it takes', async () => {
    const { api } = await apiOf((_, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'Lambda-Runtime-Aws-Request-Id': 'a' }).end('{}');
      }, 300);
    });

    expect(await api.next()).toMatchObject({ id: 'a', event: '{}' });
  });

  test('says what Lambda answered if it has no event, or takes no response', async () => {
    const { api } = await apiOf(json(403, '{"errorType":"InvalidStateTransition"}'));

    await expect(api.next()).rejects.toThrow(
      'Lambda gave no event: HTTP status 403 {"errorType":"InvalidStateTransition"}',
    );
    await expect(api.respond('7', '1')).rejects.toThrow(
      'Lambda refused the response of 7: {"errorType":"InvalidStateTransition"} (HTTP status 403)',
    );
  });

  test('sends the type of an error as a header, which has ASCII only', async () => {
    const { api, server } = await apiOf(json(202, {}));

    await api.failInit({ errorType: 'A.B', errorMessage: 'ä\n', stackTrace: [] });

    expect(server.seen).toMatchObject([
      {
        url: '/2018-06-01/runtime/init/error',
        headers: { 'lambda-runtime-function-error-type': 'A.B' },
        body: '{"errorType":"A.B","errorMessage":"ä\\n","stackTrace":[]}',
      },
    ]);
  });
});
