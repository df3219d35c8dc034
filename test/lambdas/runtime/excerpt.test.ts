import { expect, test } from '@jest/globals';
import { excerpt } from '../../../lambdas/runtime/excerpt.js';

test('a text of 200 characters stays whole, a longer one says how long it is', () => {
  expect(excerpt('x'.repeat(200))).toBe('x'.repeat(200));
  expect(excerpt('x'.repeat(201))).toBe(`${'x'.repeat(200)}... (201 characters)`);
});

test('the length may be another', () => {
  expect([excerpt('abc', 3), excerpt('abcd', 3)]).toEqual(['abc', 'abc... (4 characters)']);
});
