import { afterEach, expect, test } from '@jest/globals';
import { granulePattern } from '../../../lambdas/python/granule-pattern.js';
import { ConfigurationError } from '../../../lambdas/runtime/errors.js';

afterEach(() => {
  delete process.env['GRANULE_PATTERN'];
});

test('the pattern of granules matches any part of a key', () => {
  process.env['GRANULE_PATTERN'] = '\\.nc$';

  expect(granulePattern().test('a/b.nc')).toBe(true);
  expect(granulePattern().test('a/b.nc.md5')).toBe(false);
});

test.each(['', '('])('%j as the pattern is an error of the configuration', (pattern) => {
  process.env['GRANULE_PATTERN'] = pattern;

  expect(granulePattern).toThrow(ConfigurationError);
  expect(granulePattern).toThrow(/GRANULE_PATTERN/);
});
