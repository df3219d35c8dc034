import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QueryError } from '../../lambdas/errors.js';
import { parseRecords, toRow } from '../../lambdas/result-csv.js';

type Value = string | undefined;

function toCsv(records: readonly (readonly Value[])[]): string {
  const quoted = (value: Value) => (value === undefined ? '' : `"${value.replaceAll('"', '""')}"`);
  return records.map((record) => `${record.map(quoted).join(',')}\n`).join('');
}

function parse(text: string, atEnd = true) {
  return parseRecords(Buffer.from(text), atEnd);
}

const anyValue = fc.option(fc.string({ unit: 'grapheme', maxLength: 12 }), { nil: undefined });
const quirkyValue = fc.option(
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'é', '😀', 'a'), maxLength: 8 }),
  { nil: undefined },
);
const anyRecords = fc
  .integer({ min: 1, max: 4 })
  .chain((columns) =>
    fc.array(fc.array(fc.oneof(anyValue, quirkyValue), { minLength: columns, maxLength: columns })),
  );

test('null is nothing, an empty text is two quotes, a quote is doubled, a new line may stand in a value', () => {
  const { records } = parse('"a""b",,"",x\n"c\nd","e,f","\r\n",\n');

  expect(records).toEqual([
    ['a"b', undefined, '', 'x'],
    ['c\nd', 'e,f', '\r\n', undefined],
  ]);
});

test('lines may end in CR LF, and the last one needs no end', () => {
  expect(parse('"a"\r\n"b"').records).toEqual([['a'], ['b']]);
});

test('before the end of a result an unfinished record is left for the next page', () => {
  const whole = '"a","b"\n';

  for (const rest of ['"c', '"c"', '"c",', '"c","d"', '"c","d"\r', '"c\n', '"c""']) {
    expect(parse(whole + rest, false)).toEqual({ records: [['a', 'b']], endByte: whole.length });
  }
});

test('a result cut within a value is an error, not a shorter value', () => {
  expect(() => parse('"a"\n"b')).toThrow(QueryError);
  expect(() => parse('"a"\n"b')).toThrow(`query result ends within a quoted value: '"b'`);
});

test('what is no CSV is an error that quotes it', () => {
  expect(() => parse('"a"\n"b"c\n')).toThrow(`not CSV as Athena writes it near '"b"c`);
});

test('whatever is written is read, byte for byte', () => {
  fc.assert(
    fc.property(anyRecords, (records) => {
      expect(parse(toCsv(records)).records).toEqual(records);
    }),
  );
});

test('wherever it is cut, the records before and behind the end are all records', () => {
  fc.assert(
    fc.property(anyRecords, fc.nat(), (records, cut) => {
      const bytes = Buffer.from(toCsv(records));
      const first = parseRecords(bytes.subarray(0, cut % (bytes.length + 1)), false);
      const rest = parseRecords(bytes.subarray(first.endByte), true);

      expect([...first.records, ...rest.records]).toEqual(records);
    }),
  );
});

test('a row is its values under their names; what is missing is undefined', () => {
  expect(toRow(['key', 'size'], ['a'])).toEqual({ key: 'a', size: undefined });
});
