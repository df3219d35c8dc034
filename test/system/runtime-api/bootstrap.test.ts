import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { stop } from 'esbuild';
import { unzipSync } from 'fflate';
import { bundleEntries } from '../../../modules/bundling/bundle.js';
import { RuntimeApiServer } from '../../support/runtime-api/server.js';

const ENTRY = 'lambdas/bootstrap.ts';
const folder = mkdtempSync(join(tmpdir(), 'task-'));
const bundles = await bundleEntries([ENTRY], { root: process.cwd() });
const { zip } = bundles.get(ENTRY) ?? { zip: new Uint8Array() };
for (const [name, content] of Object.entries(unzipSync(zip)))
  writeFileSync(join(folder, name), content);
writeFileSync(
  join(folder, 'app.mjs'),
  `const never = new Promise(() => undefined);
const ways = {
  give: (event) => event,
  trace: () => process.env._X_AMZN_TRACE_ID,
  log: () => { console.log('a line'); return 1; },
  throw: () => { throw new RangeError('too far'); },
  timer: () => { setTimeout(() => { throw new RangeError('in a timer'); }); return never; },
  reject: () => { void Promise.reject(new RangeError('left alone')); return never; },
  never: () => never,
  exit: () => process.exit(7),
};
export const handler = (event, context) => ways[event.way](event, context);
export const other = () => 'other';
`,
);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stop();
});

interface Running {
  readonly server: RuntimeApiServer;
  readonly output: () => string;
  /** The exit code. */
  readonly ended: Promise<number>;
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Starts the bundle as a container does. */
async function start(argument: readonly string[], env = {}): Promise<Running> {
  const server = await RuntimeApiServer.start();
  const child = spawn(process.execPath, [join(folder, 'bootstrap.mjs'), ...argument], {
    env: { AWS_LAMBDA_RUNTIME_API: server.host, LAMBDA_TASK_ROOT: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(child, 'close').then(([code]) => code as number);
  open.push(() => closeAll(child, server));
  return { server, output: () => Buffer.concat(chunks).toString(), ended };
}

async function closeAll(child: ChildProcess, server: RuntimeApiServer): Promise<void> {
  child.kill('SIGKILL');
  await server.close();
}

describe('the bootstrap', () => {
  test('runs the handler of its argument, before that of _HANDLER', async () => {
    const { server } = await start(['app.handler'], { _HANDLER: 'app.other' });

    expect(await server.invoke({ way: 'give', a: 'ä' })).toEqual({
      response: '{"way":"give","a":"ä"}',
    });
  });

  test('runs the handler of _HANDLER without an argument', async () => {
    const { server } = await start([], { _HANDLER: 'app.other' });

    expect(await server.invoke({})).toEqual({ response: '"other"' });
  });

  test('sets the trace id in its environment', async () => {
    const { server } = await start(['app.handler']);
    const headers = { 'Lambda-Runtime-Trace-Id': 'Root=1-5' };

    expect(await server.invoke({ way: 'trace' }, { headers })).toEqual({ response: '"Root=1-5"' });
  });

  test('writes JSON lines with the log format JSON, and plain ones without', async () => {
    const json = await start(['app.handler'], { AWS_LAMBDA_LOG_FORMAT: 'JSON' });
    await json.server.invoke({ way: 'log' }, { id: 'r-1' });
    await json.server.invoke({ way: 'throw' }, { id: 'r-2' });
    const text = await start(['app.handler']);
    await text.server.invoke({ way: 'log' });

    const lines = json.output().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'INFO', requestId: 'r-1', message: 'a line' },
      { level: 'ERROR', requestId: 'r-2', errorType: 'RangeError', errorMessage: 'too far' },
    ]);
    expect(text.output()).toBe('a line\n');
  });

  test.each([
    ['timer', 'RangeError', 'in a timer'],
    ['reject', 'Runtime.UnhandledPromiseRejection', 'left alone'],
    ['never', 'Runtime.NodeJsExit', 'nothing is left that the handler could wait for'],
  ])('ends after %s, which is the result of the event', async (way, errorType, errorMessage) => {
    const { server, ended, output } = await start(['app.handler']);

    expect(await server.invoke({ way })).toMatchObject({
      errorType,
      error: { errorType, errorMessage },
    });
    expect(await ended).toBe(1);
    expect(output()).toContain(errorMessage);
  });

  test('ends if the handler ends the process', async () => {
    const { server, ended } = await start(['app.handler']);
    void server.invoke({ way: 'exit' });

    expect(await ended).toBe(7);
  });

  test('reports a handler that is not there as an error of the start', async () => {
    const { server, ended } = await start(['index.handler']);

    expect(await server.initError).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      error: { errorMessage: `${folder}/index.mjs is missing (handler index.handler)` },
    });
    expect(await ended).toBe(1);
  });

  test('says outside of Lambda where it runs', async () => {
    const { ended, output } = await start(['app.handler'], { AWS_LAMBDA_RUNTIME_API: '' });

    expect(await ended).toBe(1);
    expect(output()).toBe(
      'AWS_LAMBDA_RUNTIME_API is not set: this image runs in Lambda, or with the Runtime Interface Emulator\n',
    );
  });
});
