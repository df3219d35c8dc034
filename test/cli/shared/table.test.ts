import { expect, test } from '@jest/globals';
import { counted, cut, printable, shortTime, tableLines } from '../../../cli/shared/table.js';

test('columns are as wide as their widest cell', () => {
  const columns = [{ title: 'N', align: 'right' }, { title: 'NAME' }, { title: 'X' }] as const;

  expect(
    tableLines(columns, [
      ['10', 'a', ''],
      ['9', 'long\nname', 'y'],
    ]),
  ).toEqual([' N  NAME       X', '10  a', ' 9  long name  y']);
});

test('printed text contains no control characters', () => {
  expect(printable('a\u001b[31mred\u0007\r\n\u2028b\u202e')).toBe('a [31mred b');
});

test('long text ends in dots, counts have a plural, and times have no seconds', () => {
  expect([cut('abcdef', 5), cut('abcde', 5)]).toEqual(['ab...', 'abcde']);
  expect([counted(1, 'message'), counted(0, 'message')]).toEqual(['1 message', '0 messages']);
  expect([shortTime('2024-05-01T10:20:30.000Z'), shortTime(undefined)]).toEqual([
    '2024-05-01 10:20Z',
    '-',
  ]);
});
