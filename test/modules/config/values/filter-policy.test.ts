import { describe, expect, test } from '@jest/globals';
import { FieldError } from '../../../../modules/config/values/error.js';
import type { FieldFault } from '../../../../modules/config/values/error.js';
import { parseFilterPolicy } from '../../../../modules/config/values/filter-policy.js';
import type { FilterPolicy } from '../../../../modules/config/values/filter-policy.js';

function faultsIn(policy: FilterPolicy): readonly FieldFault[] {
  try {
    parseFilterPolicy(policy);
    return [];
  } catch (error) {
    if (error instanceof FieldError) return error.faults;
    throw error;
  }
}

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
    [{ prefix: 'S1A' }],
    [{ suffix: '.safe' }],
    [{ 'equals-ignore-case': 'grd' }],
    [{ wildcard: 'S1?_*_GRD*' }],
    [{ cidr: '10.0.0.0/24' }],
    [{ cidr: '2001:db8::/32' }],
    [{ exists: false }],
    [{ numeric: ['=', 3.5] }],
    [{ numeric: ['>=', -1, '<', 1e9] }],
    [{ 'anything-but': 'slc' }],
    [{ 'anything-but': 100 }],
    [{ 'anything-but': ['slc', 'ocn'] }],
    [{ 'anything-but': [1, 2] }],
    [{ 'anything-but': { prefix: 'S1' } }],
    [{ 'anything-but': { suffix: ['.tmp', '.part'] } }],
    [{ 'anything-but': { 'equals-ignore-case': 'SLC' } }],
    [{ 'anything-but': { wildcard: '*/tmp/*' } }],
  ])('the operator of %j is accepted', (matcher) => {
    expect(parseFilterPolicy({ a: { b: [matcher, 'x'] } })).toBeDefined();
  });

  test.each([
    [{ sufix: '.safe' }, 'sufix is not an operator of SNS filter policies; did you mean suffix?'],
    [{ Prefix: 'S1' }, 'Prefix is not an operator of SNS filter policies; did you mean prefix?'],
    [
      { anything_but: ['x'] },
      'anything_but is not an operator of SNS filter policies; did you mean anything-but?',
    ],
    [{ regex: 'x' }, 'regex is not an operator of SNS filter policies (known: prefix, suffix, '],
    [{ toString: 'x' }, 'toString is not an operator of SNS filter policies'],
    [{ prefix: 'a', suffix: 'b' }, 'must have one operator in each mapping, not prefix and suffix'],
    [{}, 'must have one operator in each mapping, not none'],
    [{ prefix: ['a'] }, 'prefix must be text'],
    [{ wildcard: 'a**b' }, 'wildcard must not have two * in a row'],
    [{ exists: 'true' }, 'exists must be true or false'],
    [{ cidr: '10.0.0.0' }, 'cidr must be a range of IP addresses such as 10.0.0.0/24'],
    [{ cidr: '10.0.0.0/33' }, 'cidr must be a range of IP addresses such as 10.0.0.0/24'],
    [{ numeric: [] }, 'numeric must be a comparison such as [">", 0] or [">=", 0, "<", 100]'],
    [{ numeric: ['>', 'x'] }, 'numeric must be a comparison such as'],
    [{ numeric: ['=>', 1] }, 'numeric must be a comparison such as'],
    [{ numeric: ['<', 1, '>', 0] }, 'numeric must be a comparison such as'],
    [{ numeric: ['>', 2e9] }, 'numeric must be a comparison such as'],
    [{ numeric: ['>', 5, '<', 5] }, 'numeric must be a range that is not empty'],
    [{ 'anything-but': [] }, 'anything-but must be text, a number, a list of texts or of numbers'],
    [{ 'anything-but': ['a', 1] }, 'anything-but must be text, a number, a list'],
    [{ 'anything-but': true }, 'anything-but must be text, a number, a list'],
    [
      { 'anything-but': { sufix: 'a' } },
      'anything-but cannot contain the operator sufix; did you mean suffix?',
    ],
    [{ 'anything-but': { prefix: 1 } }, 'anything-but prefix must be text'],
  ])('[N25] the operator of %j is refused', (matcher, message) => {
    expect(() => parseFilterPolicy({ a: { b: ['x', matcher] } })).toThrow(`at a.b: ${message}`);
  });

  test('[N25] combinations are counted as SNS does: values times depth, multiplied', () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
    const accepted = { a: { b: { c: values(4) } }, d: { e: values(3) }, f: values(2) };

    expect(parseFilterPolicy(accepted)).toBe(accepted);
    expect(() =>
      parseFilterPolicy({ a: { b: { c: values(4) } }, d: { e: values(3) }, f: values(3) }),
    ).toThrow('may have at most 150 combinations of values, not 216');
    const either = { a: values(10), $or: [{ b: values(10) }, { c: values(5) }] };
    expect(parseFilterPolicy(either)).toBe(either);
    expect(() =>
      parseFilterPolicy({ a: values(10), $or: [{ b: values(10) }, { c: values(6) }] }),
    ).toThrow('not 160');
  });

  test('[N25] every fault of a policy is found, with its place', () => {
    const policy = { a: [{ sufix: 'x' }], $or: [{ b: ['x', { numeric: 1 }] }, { c: 'x' }] };

    expect(faultsIn(policy).map(({ path }) => path)).toEqual([
      ['a', 0, 'sufix'],
      ['$or', 0, 'b', 1, 'numeric'],
      ['$or', 1, 'c'],
    ]);
  });

  test.each([
    [
      { a: { suffix: '.safe' } },
      'at a.suffix: must be a list of accepted values; the operator suffix is written [{ suffix: ... }]',
    ],
    [{ $or: [{ a: ['b'] }] }, 'at $or: must contain at least two mappings'],
    [
      { a: [1e10] },
      'at a: must contain only numbers from -1000000000 to 1000000000, not 10000000000',
    ],
    [{ a: ['x'.repeat(262_144)] }, 'may have at most 262144 bytes as JSON, not 262154'],
  ])('[N25] %# is refused', (policy, message) => {
    expect(() => parseFilterPolicy(policy)).toThrow(message);
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
