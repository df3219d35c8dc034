import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { confirm } from '../../../cli/shared/confirm.js';
import { parseLimit, parseSince } from '../../../cli/redrive/options.js';
import { counted, cut, printable, shortTime, tableLines } from '../../../cli/shared/table.js';

const NOW = Date.UTC(2024, 4, 3, 12);

test.each([
  ['2024-05-01', '2024-05-01T00:00:00.000Z'],
  ['2024-05-01T12:30', '2024-05-01T12:30:00.000Z'],
  ['2024-05-01T12:30:15.5Z', '2024-05-01T12:30:15.500Z'],
  ['2024-05-01T12:30+02:00', '2024-05-01T10:30:00.000Z'],
  ['90m', '2024-05-03T10:30:00.000Z'],
  ['2h', '2024-05-03T10:00:00.000Z'],
  ['3d', '2024-04-30T12:00:00.000Z'],
])('--since %s is %s', (given, expected) => {
  expect(parseSince(given, () => NOW)).toBe(expected);
});

test.each(['', 'yesterday', '2024', '2024-13-01', '2w', '-1h', '1 May 2024'])(
  "--since '%s' is refused",
  (given) => {
    expect(() => parseSince(given)).toThrow('--since takes a time such as');
  },
);

test('--limit takes whole numbers from 1', () => {
  expect(parseLimit('20')).toBe(20);
  for (const given of ['0', '-1', '1.5', 'all', '']) {
    expect(() => parseLimit(given)).toThrow('--limit takes a whole number from 1');
  }
});

test.each([
  ['y', true],
  ['YES', true],
  ['n', false],
  ['', false],
  ['yes please', false],
])("the answer '%s' means %s", async (answer, expected) => {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  const asked = confirm('Send 3 messages?', { input, output });

  input.write(`${answer}\n`);

  await expect(asked).resolves.toBe(expected);
  expect(String(output.read())).toBe('Send 3 messages? [y/N] ');
});

test('tables have columns as wide as their widest cell', () => {
  const columns = [{ title: 'N', align: 'right' }, { title: 'NAME' }, { title: 'X' }] as const;

  expect(
    tableLines(columns, [
      ['10', 'a', ''],
      ['9', 'long\nname', 'y'],
    ]),
  ).toEqual([' N  NAME       X', '10  a', ' 9  long name  y']);
});

test('what is printed commands no terminal', () => {
  expect(printable('a\u001b[31mred\u0007\r\n\u2028b\u202e')).toBe('a [31mred b');
});

test('texts are cut with dots, counts have a plural, times no seconds', () => {
  expect([cut('abcdef', 5), cut('abcde', 5)]).toEqual(['ab...', 'abcde']);
  expect([counted(1, 'message'), counted(0, 'message')]).toEqual(['1 message', '0 messages']);
  expect([shortTime('2024-05-01T10:20:30.000Z'), shortTime(undefined)]).toEqual([
    '2024-05-01 10:20Z',
    '-',
  ]);
});
