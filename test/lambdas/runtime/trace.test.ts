import { describe, expect, test } from '@jest/globals';
import { pipelinePlace, traceOf } from '../../../lambdas/runtime/trace.js';

const HERE = process.cwd();

function errorAt(...frames: readonly string[]): TypeError {
  const error = new TypeError('x is undefined');
  error.stack = ['TypeError: x is undefined', ...frames.map((frame) => `    at ${frame}`)].join(
    '\n',
  );
  return error;
}

describe('[N22] the place in the pipeline', () => {
  test.each([
    ['a file of this project', `createItem (${HERE}/pipelines/x/app.ts:12:7)`],
    ['a URL', `createItem (file://${HERE}/pipelines/x/app.ts:12:7)`],
    ['no function', `${HERE}/pipelines/x/app.ts:12:7`],
    ['an asynchronous function', `async createItem (${HERE}/pipelines/x/app.ts:12:7)`],
    ['an asynchronous callback', `async ${HERE}/pipelines/x/app.ts:12:7`],
    ['a method', `Object.createItem [as make] (${HERE}/pipelines/x/app.ts:12:7)`],
    ['a deployed bundle', 'createItem (/pipelines/x/app.ts:12:7)'],
    ['a bundle in a deeper folder', 'createItem (/var/folders/k2/pipelines/x/app.ts:12:7)'],
  ])('is found for %s', (_, frame) => {
    expect(pipelinePlace(errorAt(frame))).toBe('pipelines/x/app.ts:12:7');
  });

  test('is the first one, below frames of packages, of Node.js and of the framework', () => {
    const error = errorAt(
      'JSON.parse (<anonymous>)',
      'node:internal/deps/undici/undici:13510:13',
      `parse (${HERE}/node_modules/pipelines/lib/parse.js:1:1)`,
      `readXml (${HERE}/lambdas/xml/xml.ts:3:3)`,
      `footprint (${HERE}/pipelines/x/deep/footprint.ts:4:5)`,
      `createItem (${HERE}/pipelines/x/app.ts:12:7)`,
    );

    expect(pipelinePlace(error)).toBe('pipelines/x/deep/footprint.ts:4:5');
  });

  test.each([
    ['a stack without one', errorAt(`f (${HERE}/lambdas/xml/xml.ts:3:3)`)],
    ['an empty stack', Object.assign(new Error('x'), { stack: '' })],
    ['no stack', Object.assign(new Error('x'), { stack: undefined })],
    ['a text', 'x'],
    ['nothing', undefined],
    ['a message that looks like a frame', new Error('at (pipelines/x/app.ts:1:1)\n  at x')],
  ])('is unknown for %s', (_, thrown) => {
    expect(pipelinePlace(thrown)).toBeUndefined();
  });
});

describe('[N22] a trace', () => {
  test('has paths relative to the repository, and only the names of other files', () => {
    const error = errorAt(
      `a (${HERE}/pipelines/x/app.ts:1:2)`,
      `b (file://${HERE}/lambdas/granule/items.ts:3:4)`,
      'c (/elsewhere/node_modules/@scope/lib/index.js:5:6)',
      'd (file:///tmp/stac-pipelines-aB3/app.mjs:7:8)',
      'e (/tmp/some folder (1)/helper.js:9:10)',
      'node:internal/process/task_queues:95:5',
      'async Promise.all (index 0)',
    );

    expect(traceOf(error)).toBe(
      [
        'TypeError: x is undefined',
        '    at a (pipelines/x/app.ts:1:2)',
        '    at b (lambdas/granule/items.ts:3:4)',
        '    at c (node_modules/@scope/lib/index.js:5:6)',
        '    at d (app.mjs:7:8)',
        '    at e (helper.js:9:10)',
        '    at node:internal/process/task_queues:95:5',
        '    at async Promise.all (index 0)',
      ].join('\n'),
    );
  });

  test('of a real error begins in its own file', () => {
    expect(traceOf(new Error('here')).split('\n')[1]).toMatch(
      /^ {4}at .*test\/lambdas\/runtime\/trace\.test\.ts:\d+:\d+\)?$/,
    );
    expect(traceOf(new Error('here'))).not.toContain(HERE);
  });

  test('names the causes, at most five errors in all, also in a circle', () => {
    const [one, other] = [errorAt('f (/a.js:1:1)'), new Error('socket closed')];
    one.cause = other;
    other.stack = '';
    other.cause = one;

    const parts = traceOf(one).split('\nCaused by: ');
    expect(parts).toHaveLength(5);
    expect(parts.slice(0, 2)).toEqual([
      'TypeError: x is undefined\n    at f (a.js:1:1)',
      'Error: socket closed',
    ]);
  });

  test.each([
    ['a text', 'no tile', "UnknownError: thrown: 'no tile'"],
    ['nothing', undefined, 'UnknownError: thrown: undefined'],
    ['null', null, 'UnknownError: thrown: null'],
  ])('of %s says what was thrown', (_, thrown, text) => {
    expect(traceOf(thrown)).toBe(text);
  });

  test('of an error whose fields throw is still a text', () => {
    const odd = new Error('x');
    Object.defineProperty(odd, 'stack', {
      get: () => {
        throw new Error('no stack');
      },
    });
    Object.defineProperty(odd, 'cause', {
      get: () => {
        throw new Error('no cause');
      },
    });

    expect(traceOf(odd)).toBe('Error: x');
  });
});
