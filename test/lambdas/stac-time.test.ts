import { expect, test } from '@jest/globals';
import { compareInstants, tryParseInstant } from '../../lambdas/stac-time.js';

function compared(a: string, b: string): number {
  const [first, second] = [tryParseInstant(a), tryParseInstant(b)];
  if (!first || !second) throw new Error(`no instant: ${a} or ${b}`);
  return Math.sign(compareInstants(first, second));
}

test.each([
  '2022-11-30T01:43:42Z',
  '2022-11-30T01:43:42.5Z',
  '2022-11-30T01:43:42.123456789+01:00',
  '2024-02-29T23:59:59-12:00',
])('%s is an instant', (text) => {
  expect(tryParseInstant(text)).toBeDefined();
});

test.each([
  ...['2022-11-30', '2022-11-30T01:43Z', '2022-11-30T01:43:42', '2022-11-30 01:43:42Z'],
  ...['2022-11-30T01:43:42.Z', '2022-11-30T01:43:42+0100', '2022-11-30T01:43:42Z '],
  ...[' 2022-11-30T01:43:42Z', '12022-11-30T01:43:42Z', '2022-11-30T01:43:42Z[UTC]', ''],
  ...['2022-13-01T00:00:00Z', '2022-02-30T00:00:00Z', '2023-02-29T00:00:00Z'],
  ...['2022-11-31T23:00:00-02:00', '2022-11-30T25:00:00Z', '2022-11-30T01:60:00Z'],
])('%j is no instant', (text) => {
  expect(tryParseInstant(text)).toBeUndefined();
});

test.each([
  ['2022-01-01T00:00:00Z', '2022-01-01T00:00:01Z', -1],
  ['2022-01-01T00:00:01Z', '2022-01-01T00:00:00.999Z', 1],
  ['2022-01-01T01:00:00+01:00', '2022-01-01T00:00:00Z', 0],
  ['2022-01-01T00:00:00.000001Z', '2022-01-01T00:00:00.000002Z', -1],
  ['2022-01-01T00:00:00.000002Z', '2022-01-01T00:00:00.000001Z', 1],
  ['2022-01-01T00:00:00.5Z', '2022-01-01T00:00:00.50000Z', 0],
  ['2022-01-01T00:00:00.5Z', '2022-01-01T00:00:00.49Z', 1],
  ['2022-01-01T00:00:00.05Z', '2022-01-01T00:00:00.5Z', -1],
  ['2022-01-01T00:00:00Z', '2022-01-01T00:00:00.000Z', 0],
  ['2022-01-01T00:00:00Z', '2022-01-01T00:00:00.0001Z', -1],
])('%s against %s is %i', (a, b, sign) => {
  expect(compared(a, b)).toBe(sign);
});
