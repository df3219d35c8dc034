import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { eachLine } from '../../../lambdas/python/lines.js';

/** The lines of a stream that brings these chunks. */
async function linesOf(chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const chunk of chunks) {
    stream.write(chunk);
    await new Promise(setImmediate);
  }
  return lines;
}

test.each([
  ['several lines in one chunk', ['a\nb\n\nc\n'], ['a', 'b', '', 'c']],
  ['a line in several chunks', ['a', 'b', 'c\nd', '\n'], ['abc', 'd']],
  ['the end of a line in a chunk of its own', ['ab', '\n', 'c\n'], ['ab', 'c']],
  ['a line without an end, which is not whole', ['a\nb'], ['a']],
  ['a carriage return, which belongs to the line', ['a\r\n'], ['a\r']],
])('%s', async (_, chunks, lines) => {
  expect(await linesOf(chunks)).toEqual(lines);
});

test('a character whose bytes are in two chunks', async () => {
  const bytes = Buffer.from('1 €\n');

  expect(await linesOf([bytes.subarray(0, 3), bytes.subarray(3)])).toEqual(['1 €']);
});
