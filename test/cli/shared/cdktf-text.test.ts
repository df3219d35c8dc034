import { describe, expect, test } from '@jest/globals';
import { CdktfText } from '../../../cli/shared/cdktf-text.js';

function textOf(given: string, { named = false, indented = true } = {}): string {
  const text = new CdktfText({ stacks: ['one', 'second'], named, indented });
  const bytes = Buffer.from(given);
  // Characters of several bytes may arrive in two pieces.
  const pieces = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
  return pieces.map((piece) => text.write(piece)).join('') + text.end();
}

describe('the output of both CLIs has the same lines', () => {
  const cdktf = [
    '⠋  Synthesizing\n\u001b[2K\u001b[1A\u001b[2K\u001b[G⠙  Synthesizing\n',
    'one  Initializing the backend...\n\n     │ Warning: odd\n     done\n',
    'one\n       + create\n\n       # thing.a will be created\n         + input = 1\n',
    '0 Stacks deploying     1 Stack done     0 Stacks waiting\n',
    '  one\n  answer = 42',
  ].join('');
  const cdktn = [
    'one  \u001b[0m\u001b[1mInitializing the backend...\u001b[0m\n\n',
    '│ Warning: odd\ndone\none  + create\n  # thing.a will be created\n    + input = 1\n\n',
    'one\n  answer = 42\n',
  ].join('');

  test('for one stack', () => {
    const expected = [
      'Initializing the backend...',
      '│ Warning: odd',
      'done',
      '  + create',
      '',
      '  # thing.a will be created',
      '    + input = 1',
    ];
    expect(textOf(cdktn, { indented: false }).split('\n')).toEqual([
      ...expected,
      '  answer = 42',
      '',
    ]);
    expect(textOf(cdktf).split('\n').slice(0, expected.length)).toEqual(expected);
  });

  test('for several stacks, with the name of its stack before each', () => {
    const text = 'one  a\n     b\nsecond  c\n        d\n\nonerous  e\n';

    expect(textOf(text, { named: true })).toBe(
      'one  a\none  b\nsecond  c\nsecond  d\nsecond  onerous  e\n',
    );
  });
});

test('a failed terraform init is one line, without the traces of the CLI', () => {
  const message = 'terraform init failed with exit code 1';
  const trace =
    '    at async X.init (/x/node_modules/cdktn-cli/bundle/bin/cmds/handlers.js:332:9873)\n    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)';
  const cdktn = [
    ...[message, `Error: ${message}`, trace, 'Collecting Debug Information...'],
    ...['node:internal/process/promises:394', '    triggerUncaughtException(err, true);', '    ^'],
    ...[`Error: ${message}`, trace, 'Node.js v24.21.0', ''],
  ].join('\n');

  expect(textOf(cdktn)).toBe(`${message}\n`);
  expect(textOf(`Error: ${message}\n`)).toBe(`${message}\n`);
  // The trace of an app says where it is wrong.
  const own =
    '    at stack (/x/main.ts:3:9)\n    at node (node:internal/x:1:2)\nNode.js v24.21.0\n';
  expect(textOf(own)).toBe(own);
});

test.each([
  ["Error: Usage Error: no stack 'nope'\n", "Usage Error: no stack 'nope'\n"],
  ["Usage Error: no stack 'nope'\n", "Usage Error: no stack 'nope'\n"],
  ['Error: of something else\n', 'Error: of something else\n'],
  ['[2026-11-29T19:36:46.991] [ERROR] default - odd\n', '[ERROR] default - odd\n'],
  ['a\r\nb', 'a\nb\n'],
  ['\n\n', ''],
  ['', ''],
])('%j becomes %j', (given, expected) => {
  expect(textOf(given)).toBe(expected);
});
