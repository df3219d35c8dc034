import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { InvocationContext } from '../../../lambdas/runtime-api/context.js';
import { loadHandler } from '../../../lambdas/runtime-api/handler.js';

const folder = mkdtempSync(join(tmpdir(), 'task-'));
const write = (name: string, code: string): void => {
  writeFileSync(join(folder, name), code);
};
write('app.mjs', 'export const handler = (event) => event + 1; export const other = 5;');
write('app.old.mjs', 'export const handler = () => "old";');
write('broken.mjs', 'throw new TypeError("at the start");');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CONTEXT = {} as InvocationContext;

describe('a handler', () => {
  test('is the named export of a module', async () => {
    expect((await loadHandler('app.handler', folder))(1, CONTEXT)).toBe(2);
    expect((await loadHandler('app.old.handler', folder))(1, CONTEXT)).toBe('old');
  });

  test.each([
    ['handler', 'Runtime.MalformedHandlerName', 'such as app.handler (given "handler")'],
    ['', 'Runtime.MalformedHandlerName', 'such as app.handler (given "")'],
    ['index.handler', 'Runtime.ImportModuleError', 'index.mjs is missing (handler index.handler)'],
    ['app.main', 'Runtime.HandlerNotFound', 'app.mjs exports no function main'],
    ['app.other', 'Runtime.HandlerNotFound', 'app.mjs exports no function other'],
    ['app.toString', 'Runtime.HandlerNotFound', 'app.mjs exports no function toString'],
  ])('cannot be %p', async (place, name, message) => {
    await expect(loadHandler(place, folder)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as unknown,
    });
  });

  test('passes on what its module throws', async () => {
    await expect(loadHandler('broken.handler', folder)).rejects.toThrow('at the start');
  });
});
