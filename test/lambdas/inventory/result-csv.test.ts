import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QueryError } from '../../../lambdas/runtime/errors.js';
import { parseRecords, toRow } from '../../../lambdas/inventory/result-csv.js';

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

test('an empty field is null, two quotes are an empty text, quotes are doubled, and a value may contain line breaks', () => {
  const { records } = parse('"a""b",,"",x\n"c\nd","e,f","\r\n",\n');

  expect(records).toEqual([
    ['a"b', undefined, '', 'x'],
    ['c\nd', 'e,f', '\r\n', undefined],
  ]);
});

test('lines may end in CR LF, and the last one needs no end', () => {
  expect(parse('"a"\r\n"b"').records).toEqual([['a'], ['b']]);
});

test('an incomplete record before the end of the result is left for the next page', () => {
  const whole = '"a","b"\n';

  for (const rest of ['"c', '"c"', '"c",', '"c","d"', '"c","d"\r', '"c\n', '"c""']) {
    expect(parse(whole + rest, false)).toEqual({ records: [['a', 'b']], endByte: whole.length });
  }
});

test('a result that ends within a value is an error, not a shorter value', () => {
  expect(() => parse('"a"\n"b')).toThrow(QueryError);
  expect(() => parse('"a"\n"b')).toThrow(`the query result ends within a quoted value: '"b'`);
});

test('text that is not CSV is an error that quotes it', () => {
  expect(() => parse('"a"\n"b"c\n')).toThrow(`not in Athena's CSV format near '"b"c`);
});

test('any written values are read back byte for byte', () => {
  fc.assert(
    fc.property(anyRecords, (records) => {
      expect(parse(toCsv(records)).records).toEqual(records);
    }),
  );
});

test('wherever the result is split, both parts together contain all records', () => {
  fc.assert(
    fc.property(anyRecords, fc.nat(), (records, cut) => {
      const bytes = Buffer.from(toCsv(records));
      const first = parseRecords(bytes.subarray(0, cut % (bytes.length + 1)), false);
      const rest = parseRecords(bytes.subarray(first.endByte), true);

      expect([...first.records, ...rest.records]).toEqual(records);
    }),
  );
});

describe('a result of many blocks of 64 KiB', () => {
  const short = Array.from({ length: 3_000 }, (_, index) => [`key ${index}`, 'é'.repeat(20)]);
  const long = ['long', 'x😀'.repeat(60_000)];
  const records = [...short, long, ...short, long];
  const bytes = Buffer.from(toCsv(records));

  test('is read completely, including records longer than a block', () => {
    expect(parseRecords(bytes, true)).toEqual({ records, endByte: bytes.length });
    expect(parseRecords(bytes, false)).toEqual({ records, endByte: bytes.length });
  });

  test('is read up to the incomplete record', () => {
    const cut = bytes.subarray(0, bytes.length - 100_000);
    const last = Buffer.byteLength(toCsv([long]));

    expect(parseRecords(cut, false)).toEqual({
      records: records.slice(0, -1),
      endByte: bytes.length - last,
    });
    expect(() => parseRecords(cut, true)).toThrow('query result ends within a quoted value');
  });
});

test('values may be unquoted, as other tools write them', () => {
  expect(parse('x,y\r\nz, é ')).toEqual({
    records: [
      ['x', 'y'],
      ['z', ' é '],
    ],
    endByte: 11,
  });
});

test('an unquoted value at the end does not extend beyond its bytes', () => {
  expect(parse('a,x')).toEqual({ records: [['a', 'x']], endByte: 3 });
});

test('a truncated result is a transient error, a result that is not CSV a permanent one', () => {
  expect(() => parse('"b')).toThrow(expect.objectContaining({ kind: 'transient' }));
  expect(() => parse('"b"c')).toThrow(expect.objectContaining({ kind: 'permanent' }));
});

test('a row maps column names to values; missing values are undefined', () => {
  expect(toRow(['key', 'size'], ['a'])).toStrictEqual({ key: 'a', size: undefined });
});
