import { describe, expect, test } from '@jest/globals';
import { parseCodeVersion } from '../../../../modules/config/values/code-version.js';

describe('parseCodeVersion', () => {
  test.each(['1', '1.4', '1.4.0', 'v2.0.1', '2026.11.29.2', '2.0.0-rc.1', '0.0.1-alpha'])(
    'accepts %s',
    (version) => {
      expect(parseCodeVersion(version)).toBe(version);
    },
  );

  test.each([
    '',
    'latest',
    '1.',
    '.1',
    '1..2',
    '1.4.x',
    '1.4.0+build',
    '1.4 0',
    '1.0-',
    '2026-11-',
    'd34db33f',
  ])('rejects %j', (version) => {
    expect(() => parseCodeVersion(version)).toThrow('must be numbers separated by dots');
  });
});
