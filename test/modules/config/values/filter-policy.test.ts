import { describe, expect, test } from '@jest/globals';
import { parseFilterPolicy } from '../../../../modules/config/values/filter-policy.js';

describe('parseFilterPolicy', () => {
  test.each([
    [{ type: ['grd'] }],
    [{ type: ['grd', 1, true, null, { prefix: 'S1A' }, { 'anything-but': ['slc'] }] }],
    [{ Records: { s3: { object: { key: [{ suffix: '.safe' }] } } } }],
    [{ $or: [{ type: ['grd'] }, { size: [{ numeric: ['>', 100] }] }] }],
  ])('%j is accepted', (policy) => {
    expect(parseFilterPolicy(policy)).toBe(policy);
  });

  test.each([
    [{}, 'must not be empty'],
    [{ a: {} }, 'at a: must not be empty'],
    [{ a: 'b' }, 'at a: must be a list of accepted values, or a mapping of names to such lists'],
    [
      { a: { b: [] } },
      'at a.b: must be a list of accepted values, or a mapping of names to such lists',
    ],
    [{ a: null }, 'at a: must be a list of accepted values, or a mapping of names to such lists'],
    [{ a: [['b']] }, 'at a: must contain only text, finite numbers, true, false, null or mappings'],
    [
      { a: [Infinity] },
      'at a: must contain only text, finite numbers, true, false, null or mappings',
    ],
    [{ $or: ['a'] }, 'at $or: must contain only mappings'],
    [{ a: [1], b: [1], c: [1], d: [1], e: { f: [1], g: [1] } }, 'may have at most 5 names, not 6'],
  ])('%j is refused', (policy, message) => {
    expect(() => parseFilterPolicy(policy)).toThrow(message);
  });
});
