import { expect, test } from '@jest/globals';
import { NO_VALUES, watchCycle } from '../../../../cli/reconcile/api/cycle-watch.js';

/** Returns after how many values the first repetition is noticed; undefined if it is not among the first `count`. */
function noticedAfter(valueAt: (index: number) => string, count: number): number | undefined {
  let watch = NO_VALUES;
  for (let index = 0; index < count; index += 1) {
    watch = watchCycle(watch, valueAt(index));
    if (watch.hits > 0) return index + 1;
  }
  return undefined;
}

test('values that all differ are not a cycle', () => {
  expect(noticedAfter(String, 100_000)).toBeUndefined();
});

test('the same value again and again is noticed at once', () => {
  expect(noticedAfter(() => 'next', 10)).toBe(2);
});

test.each([
  [0, 2],
  [1, 1],
  [3, 5],
  [100, 7],
  [7, 1000],
])('after %i values, a cycle of %i is noticed within three times as many', (start, length) => {
  const at = (index: number) => String(index < start ? index : start + ((index - start) % length));

  const after = noticedAfter(at, 10_000) ?? Infinity;

  expect(after).toBeGreaterThan(start + length);
  expect(after).toBeLessThanOrEqual(3 * (start + length) + 2);
});
