import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatUtc, midpoint, tryParseUtc } from './utc-time.js';

describe('times in microseconds', () => {
  test.each([
    ['2022-11-30T01:43:42.546629', '2022-11-30T01:43:42.546629Z'],
    ['2022-11-30T01:43:42.546', '2022-11-30T01:43:42.546000Z'],
    ['2022-11-30T01:43:42.000001Z', '2022-11-30T01:43:42.000001Z'],
    ['2022-11-30T01:43:42.000000', '2022-11-30T01:43:42Z'],
    ['2022-11-30T01:43:42Z', '2022-11-30T01:43:42Z'],
    ['2024-02-29T23:59:59', '2024-02-29T23:59:59Z'],
    ['1969-12-31T23:59:59.9', '1969-12-31T23:59:59.900000Z'],
  ])('%s is %s', (text, expected) => {
    const time = tryParseUtc(text);

    expect(time === undefined ? undefined : formatUtc(time)).toBe(expected);
  });

  test.each([
    ...['', '2022-11-30', '2022-11-30 01:43:42', '2022-11-30T01:43', '2022-11-30T01:43:42.1234567'],
    ...['2022-13-01T00:00:00', '2023-02-29T00:00:00', '2022-11-31T00:00:00', '2022-11-30T25:00:00'],
    ...[
      '2022-11-30T24:00:00',
      '2022-11-30T23:60:00',
      '2022-11-30T23:59:60',
      '2022-11-30T01:43:42+00:00',
    ],
    ...['2022-11-30T01:43:42.', ' 2022-11-30T01:43:42', '2022-11-30T01:43:42ZZ'],
  ])("'%s' is not a time", (text) => {
    expect(tryParseUtc(text)).toBeUndefined();
  });
});

describe('the middle', () => {
  test.each([
    [0n, 0n, 0n],
    [0n, 1n, 0n],
    [0n, 2n, 1n],
    [0n, 3n, 2n],
    [0n, 5n, 2n],
    [0n, 7n, 4n],
    [1n, 4n, 3n],
    [1n, 6n, 3n],
  ])(
    'of %s and %s is %s: half of an odd difference is rounded to the even',
    (start, stop, middle) => {
      expect(midpoint(start, stop)).toBe(middle);
    },
  );

  test('is never off by more than half a microsecond', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 17n }),
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        (start, length) => {
          const twice = 2n * midpoint(start, start + length);
          const off = twice - (2n * start + length);
          expect(off >= -1n && off <= 1n).toBe(true);
        },
      ),
    );
  });
});
