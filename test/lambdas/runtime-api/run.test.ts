import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { RuntimeApi } from '../../../lambdas/runtime-api/client.js';
import type { Handler } from '../../../lambdas/runtime-api/handler.js';
import { runFunction } from '../../../lambdas/runtime-api/run.js';
import { RuntimeApiServer } from '../../support/runtime-api/server.js';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A process that stays alive. */
class StandInProcess extends EventEmitter {
  readonly env: Record<string, string | undefined> = { AWS_LAMBDA_FUNCTION_NAME: 'demo' };
  readonly ended = once(this, 'ended');

  exit(code: number): void {
    this.emit('ended', code);
  }
}

async function running(load: Handler | Error) {
  const server = await RuntimeApiServer.start();
  const api = new RuntimeApi(server.host);
  const process = new StandInProcess();
  const logged: unknown[] = [];
  const ids: (string | undefined)[] = [];
  open.push(async () => {
    api.close();
    await server.close();
  });
  void runFunction({
    api,
    load: () => (load instanceof Error ? Promise.reject(load) : Promise.resolve(load)),
    process,
    onInvocation: (id) => ids.push(id),
    logError: (error) => logged.push(error),
  });
  return { server, process, logged, ids };
}

function frames(): unknown {
  return expect.arrayContaining([expect.stringMatching(/^at .*run\.test\.ts/)]);
}

describe('a function', () => {
  test('answers one event after the other', async () => {
    const { server, ids } = await running((event) => ({ given: event }));

    expect(await server.invoke({ a: 1 })).toEqual({ response: '{"given":{"a":1}}' });
    expect(await server.invoke([2])).toEqual({ response: '{"given":[2]}' });
    expect(ids.slice(0, 3)).toEqual(['1', undefined, '2']);
  });

  test.each([
    ['undefined', undefined, 'null'],
    ['null', null, 'null'],
    ['a function', () => 1, 'null'],
    ['text', 'ä', '"ä"'],
    ['a promise', Promise.resolve(3), '3'],
  ])('answers %s', async (_, result, response) => {
    const { server } = await running(() => result);

    expect(await server.invoke({})).toEqual({ response });
  });

  test('takes and answers 6 MB', async () => {
    const { server } = await running((event) => event);
    const text = 'ä'.repeat(3 * 1024 * 1024);

    expect(await server.invoke({ text })).toEqual({ response: JSON.stringify({ text }) });
  });

  test('reports a response that Lambda refuses as too large, and goes on', async () => {
    const { server } = await running((event) => 'x'.repeat(event as number));

    expect(await server.invoke(7_000_000)).toEqual({
      error: {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'the response has 7000002 bytes, more than Lambda accepts',
        stackTrace: expect.any(Array) as unknown,
      },
      errorType: 'Function.ResponseSizeTooLarge',
    });
    expect(await server.invoke(1)).toEqual({ response: '"x"' });
  });

  test('reports what the handler throws, logs it, and goes on', async () => {
    const { server, logged } = await running((event) => {
      if (event === 'bad') throw new RangeError('too far');
      return 'good';
    });

    expect(await server.invoke('"bad"')).toEqual({
      error: { errorType: 'RangeError', errorMessage: 'too far', stackTrace: frames() },
      errorType: 'RangeError',
    });
    expect(logged).toEqual([new RangeError('too far')]);
    expect(await server.invoke('"well"')).toEqual({ response: '"good"' });
  });

  test('reports a rejected promise, and a thrown value that is not an error', async () => {
    const { server } = await running((event) =>
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the test is about
      Promise.reject(event === 1 ? new TypeError('not a file') : 'only text'),
    );

    expect(await server.invoke(1)).toMatchObject({ errorType: 'TypeError' });
    expect(await server.invoke(2)).toEqual({
      error: {
        errorType: 'UnknownError',
        errorMessage: "thrown: 'only text'",
        stackTrace: [],
      },
      errorType: 'UnknownError',
    });
  });

  test('reports a result that JSON lacks, and an event that is not JSON', async () => {
    const { server } = await running((event) => (event === 1 ? { big: 1n } : 0));

    expect(await server.invoke(1)).toMatchObject({ errorType: 'TypeError' });
    expect(await server.invoke('{')).toMatchObject({ errorType: 'SyntaxError' });
    expect(await server.invoke(2)).toEqual({ response: '0' });
  });

  test('passes the id of the request and the time that is left', async () => {
    const { server } = await running((_, context) => [
      context.awsRequestId,
      context.functionName,
      context.invokedFunctionArn,
      context.getRemainingTimeInMillis() > 4_000 && context.getRemainingTimeInMillis() <= 5_000,
    ]);

    const outcome = await server.invoke({}, { id: 'abc', timeoutMs: 5_000 });
    expect(outcome).toEqual({
      response: JSON.stringify([
        'abc',
        'demo',
        'arn:aws:lambda:eu-central-1:123456789012:function:demo',
        true,
      ]),
    });
  });

  test('has no time left after the deadline, instead of a negative time', async () => {
    const { server } = await running((_, context) => context.getRemainingTimeInMillis());

    expect(await server.invoke({}, { timeoutMs: -1_000 })).toEqual({ response: '0' });
  });

  test('sets the trace id of each event, and removes that of the one before', async () => {
    const { server, process } = await running(() => process.env['_X_AMZN_TRACE_ID'] ?? 'none');
    const headers = { 'Lambda-Runtime-Trace-Id': 'Root=1-5;Sampled=1' };

    expect(await server.invoke({}, { headers })).toEqual({ response: '"Root=1-5;Sampled=1"' });
    expect(await server.invoke({})).toEqual({ response: '"none"' });
  });
});

describe('a process ends', () => {
  test('if the handler cannot be loaded, which is reported as an error of the start', async () => {
    const { server, process } = await running(new Error('no module'));

    expect(await server.initError).toEqual({
      error: { errorType: 'Error', errorMessage: 'no module', stackTrace: frames() },
      errorType: 'Error',
    });
    expect(await process.ended).toEqual([1]);
    expect(server.requests).toEqual(['POST init/error']);
  });

  test.each([
    ['uncaughtException', 'RangeError'],
    ['unhandledRejection', 'Runtime.UnhandledPromiseRejection'],
    ['beforeExit', 'Runtime.NodeJsExit'],
  ] as const)('after %s, which is reported for the event', async (event, errorType) => {
    const { server, process, logged } = await running(() => {
      setImmediate(() => process.emit(event, new RangeError('in a timer')));
      return new Promise(() => undefined);
    });

    expect(await server.invoke({})).toMatchObject({ errorType });
    expect(await process.ended).toEqual([1]);
    expect(logged).toHaveLength(1);
  });

  test('after an error between two events, without a report', async () => {
    const { server, process, logged } = await running(() => 1);
    await server.invoke({});
    await server.asked(2);
    process.emit('uncaughtException', new Error('late'));

    expect(await process.ended).toEqual([1]);
    expect(logged).toEqual([new Error('late')]);
    expect(server.requests.filter((request) => request.endsWith('error'))).toEqual([]);
  });

  test('if there is no Runtime API', async () => {
    const { server, process, logged } = await running(() => 1);
    await server.asked(1);
    await server.close();

    expect(await process.ended).toEqual([1]);
    expect(logged).toHaveLength(1);
  });
});
