import { describe, expect, test } from '@jest/globals';
import { useJsonConsole } from '../../../lambdas/runtime-api/json-console.js';

function consoleOf(requestId?: string) {
  const lines: string[] = [];
  const made = {} as Console;
  useJsonConsole(made, { requestId: () => requestId, write: (line) => lines.push(line) });
  return { made, last: (): unknown => JSON.parse(lines.at(-1) ?? '') };
}

const timestamp = expect.stringMatching(/^\d{4}-.*Z$/) as unknown;

describe('the console of a function with JSON logs', () => {
  test.each([
    ['trace', 'TRACE'],
    ['debug', 'DEBUG'],
    ['log', 'INFO'],
    ['info', 'INFO'],
    ['warn', 'WARN'],
    ['error', 'ERROR'],
  ] as const)('writes console.%s with the level %s', (method, level) => {
    const { made, last } = consoleOf('r-1');

    made[method]('%s of %d\nlines', 'one', 2);

    expect(last()).toEqual({ timestamp, level, requestId: 'r-1', message: 'one of 2\nlines' });
  });

  test('has no request id outside of an invocation', () => {
    const { made, last } = consoleOf();
    made.log('start');

    expect(last()).toEqual({ timestamp, level: 'INFO', message: 'start' });
  });

  test('writes an object as data', () => {
    const { made, last } = consoleOf();
    made.info({ items: 3 });

    expect(last()).toEqual({ timestamp, level: 'INFO', message: { items: 3 } });
  });

  test('writes an object that JSON lacks as text', () => {
    const { made, last } = consoleOf();
    made.info({ big: 1n });

    expect(last()).toEqual({ timestamp, level: 'INFO', message: '{ big: 1n }' });
  });

  test('writes the type, the message and the frames of an error', () => {
    const { made, last } = consoleOf();
    made.error('failed:', new RangeError('too far'));

    expect(last()).toEqual({
      timestamp,
      level: 'ERROR',
      errorType: 'RangeError',
      errorMessage: 'too far',
      stackTrace: expect.arrayContaining([expect.stringMatching(/^at /)]) as unknown,
      message: expect.stringMatching(/^failed: RangeError: too far\n/) as unknown,
    });
  });
});
