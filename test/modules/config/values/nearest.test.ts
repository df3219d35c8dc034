import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearest } from '../../../../modules/config/values/nearest.js';

test.each([
  ['kitten', ['mitten', 'sitting', 'kitchen'], 'mitten'],
  [
    'inventry_location',
    ['inventory_format', 'inventory_location', 'initial_chunk'],
    'inventory_location',
  ],
  ['', ['abc', 'a'], 'a'],
])('%s is nearest to one of %j', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test('a candidate is nearest to itself', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), fc.nat(), (candidates, index) => {
      const word = candidates[index % candidates.length] ?? '';
      expect(nearest(word, candidates)).toBe(word);
    }),
  );
});
