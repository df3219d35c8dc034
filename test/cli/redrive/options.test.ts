import { expect, test } from '@jest/globals';
import { parseSince } from '../../../cli/redrive/options.js';

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
    expect(() => parseSince(given)).toThrow('--since must be a time such as');
  },
);
