import { describe, expect, test } from '@jest/globals';
import { compareCodeVersions, isOlder, parseMadeBefore } from '../../../cli/reprocess/versions.js';

describe('compareCodeVersions', () => {
  const ORDER = [
    '0.9',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1',
    '1.0.1',
    '1.2',
    'v1.9.9',
    '1.10',
    '2026.1.30',
    '2026.11.29',
    '2026.11.29.1',
  ];

  test('orders versions number by number, and a pre-release before its release', () => {
    const shuffled = ORDER.toReversed();

    expect(shuffled.sort(compareCodeVersions)).toEqual(ORDER);
    for (const [index, one] of ORDER.entries())
      for (const [at, other] of ORDER.entries())
        expect(Math.sign(compareCodeVersions(one, other))).toBe(Math.sign(index - at));
  });

  test.each([
    ['1', '1.0.0'],
    ['v1.4', '1.4.0'],
    ['01.4', '1.04'],
    ['2.0-rc.1', '2.0.0-rc.1'],
  ])('%s equals %s', (one, other) => {
    expect(compareCodeVersions(one, other)).toBe(0);
  });
});

describe('isOlder', () => {
  test.each([
    [undefined, true],
    ['latest', true],
    ['', true],
    ['1.3.9', true],
    ['1.4.0-rc.1', true],
    ['1.4', false],
    ['1.10', false],
  ])('of %j is %j', (version, expected) => {
    expect(isOlder(version, '1.4.0')).toBe(expected);
  });
});

describe('--made-before', () => {
  test.each([
    [undefined, 'reprocess requires --made-before <version>'],
    ['latest', '--made-before must be numbers separated by dots'],
    ['1.4; rm', '(given "1.4; rm")'],
  ])('%j is refused', (given, fault) => {
    expect(() => parseMadeBefore(given)).toThrow(fault);
  });
});
