import { afterEach, expect, test } from '@jest/globals';
import { granulePattern, withEnding } from '../../../lambdas/python/granule-pattern.js';
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

test.each([
  ['_MTL\\.xml$', 'l2/LC09_MTL.xml', 'l2/LC09_ANG.txt'],
  ['/(?<id>[^/]+)_MTL\\.xml$', 'l2/LC09_MTL.xml', 'l2/LC09_ANG.txt'],
  ['/(?<id>[^/]+)/[^/]+_MTL\\.xml$', 'l2/LC09/x_MTL.xml', 'l2/LC09_ANG.txt'],
  ['/(?<id>a)_a\\.nc$', 'l2/a_a.nc', 'l2/a_ANG.txt'],
  ['/((?<id>b)|a)\\.nc$', 'l2/a.nc', 'l2_ANG.txt'],
  ['\\.nc$', 'l2/a.txt', 'l2/a.txt'],
])('with %s, another file beside %s is %s', (pattern, key, other) => {
  process.env['GRANULE_PATTERN'] = pattern;

  expect(withEnding(key, '_ANG.txt')).toBe(other);
});
