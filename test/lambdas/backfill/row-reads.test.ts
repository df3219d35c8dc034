import { expect, test } from '@jest/globals';
import { RowReads } from '../../../lambdas/backfill/row-reads.js';
import { toRow, type Row } from '../../../lambdas/inventory/result-csv.js';

/** What is wrong with the columns of one row, with the columns of the query and the pipeline's function. */
function faultOf(
  columns: readonly string[],
  rowToMessageBody: (row: Row) => string | undefined,
): string | undefined {
  const reads = new RowReads(columns);
  const values = columns.map((name) => `value of ${name}`);
  const body = rowToMessageBody(reads.watch(toRow(columns, values)));
  return reads.tryFault({ isMessage: body !== undefined });
}

interface Given {
  readonly columns: readonly string[];
  readonly rowToMessageBody: (row: Row) => string | undefined;
  readonly fault: string;
}

test.each<[string, Given]>([
  [
    'a row is skipped because key is selected as k',
    {
      columns: ['k'],
      rowToMessageBody: ({ key }) => (key?.endsWith('.tif') ? key : undefined),
      fault: "it reads 'key', but queryInventory selects 'k'",
    },
  ],
  [
    'a default stands in for key',
    {
      columns: ['k'],
      rowToMessageBody: ({ key = '' }) => (key.endsWith('.tif') ? key : undefined),
      fault: "it reads 'key', but queryInventory selects 'k'",
    },
  ],
  [
    'the message is made of nothing',
    {
      columns: ['k', 'size'],
      rowToMessageBody: ({ key }) => JSON.stringify({ key }),
      fault: "it reads 'key', but queryInventory selects 'k', 'size'",
    },
  ],
  [
    'another selected column is read too, and the row is skipped',
    {
      columns: ['k', 'size'],
      rowToMessageBody: ({ key, size }) => (key !== undefined && size !== '0' ? key : undefined),
      fault: "it reads 'key', but queryInventory selects 'k', 'size'",
    },
  ],
  [
    'a column of the query itself is misspelled',
    {
      columns: ['key', 'scene'],
      rowToMessageBody: (row) => row['scenes'],
      fault: "it reads 'scenes', but queryInventory selects 'key', 'scene'",
    },
  ],
  [
    'the names differ in case',
    {
      columns: ['KEY'],
      rowToMessageBody: ({ key }) => key,
      fault: "it reads 'key', but queryInventory selects 'KEY'",
    },
  ],
])('[N02] where %s, the columns are at fault', (_, { columns, rowToMessageBody, fault }) => {
  expect(faultOf(columns, rowToMessageBody)).toBe(fault);
});

test.each<[string, readonly string[], (row: Row) => string | undefined]>([
  ['skips a row by its key', ['key'], ({ key }) => (key === '' ? key : undefined)],
  ['reads a column that only some inventories have', ['key'], ({ key, size }) => size ?? key],
  [
    'skips a row after it read a column that only some inventories have',
    ['key'],
    ({ key, size }) => (size === '1' ? key : undefined),
  ],
  ['takes whichever column there is', ['k'], (row) => row['key'] ?? row['k']],
  ['takes all columns', ['k'], (row) => JSON.stringify(row)],
  ['copies the row', ['k'], (row) => Object.values({ ...row })[0]],
  ['reads no column', ['k'], () => undefined],
])('a pipeline that %s is not at fault', (_, columns, rowToMessageBody) => {
  expect(faultOf(columns, rowToMessageBody)).toBeUndefined();
});

test('a null is a value of a selected column', () => {
  const reads = new RowReads(['key']);

  expect(reads.watch(toRow(['key'], [undefined]))['key']).toBeUndefined();

  expect(reads.tryFault({ isMessage: false })).toBeUndefined();
});

test('what was read of one row does not count for the next', () => {
  const reads = new RowReads(['key']);

  expect(reads.watch({ key: 'a' })['kay']).toBeUndefined();
  const first = reads.tryFault({ isMessage: false });
  expect(reads.watch({ key: 'b' })['key']).toBe('b');

  expect([first, reads.tryFault({ isMessage: false })]).toEqual([
    "it reads 'kay', but queryInventory selects 'key'",
    undefined,
  ]);
});
