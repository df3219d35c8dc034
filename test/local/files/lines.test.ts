import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linesOf } from '../../../local/files/lines.js';

async function read(pieces: readonly string[]): Promise<string[]> {
  async function* arriving() {
    for (const piece of pieces) yield await Promise.resolve(piece);
  }
  const lines: string[] = [];
  for await (const line of linesOf(arriving())) lines.push(line);
  return lines;
}

test.each([
  [[], []],
  [[''], []],
  [['a'], ['a']],
  [['a\n'], ['a']],
  [
    ['a\r\n', 'b\r', 'c'],
    ['a', 'b', 'c'],
  ],
  [
    ['a\r', '\nb'],
    ['a', 'b'],
  ],
  [['a\r'], ['a']],
  [['\n\na'], ['', '', 'a']],
  [
    ['a', 'b', '\nc'],
    ['ab', 'c'],
  ],
  [['{"a":"\u2028\u2029"}\n1'], ['{"a":"\u2028\u2029"}', '1']],
])('%j has the lines %j', async (pieces, lines) => {
  expect(await read(pieces)).toEqual(lines);
});

test('pieces do not matter', async () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '\r', '\n', '\r\n', '\u2028'))
    .map((x) => x.join(''));

  await fc.assert(
    fc.asyncProperty(text, fc.nat(20), fc.nat(20), async (whole, at, more) => {
      const cut = [whole.slice(0, at), whole.slice(at, at + more), whole.slice(at + more)];

      expect(await read(cut)).toEqual(await read([whole]));
    }),
  );
});
