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
