import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { confirm } from '../../../cli/shared/terminal.js';

test.each([
  ['y', true],
  ['YES', true],
  ['n', false],
  ['', false],
  ['yes please', false],
])("the response '%s' means %s", async (response, expected) => {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  const asked = confirm('Send 3 messages?', { input, output });

  input.write(`${response}\n`);

  await expect(asked).resolves.toBe(expected);
  expect(String(output.read())).toBe('Send 3 messages? [y/N] ');
});
