import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { TimeBudget } from '../../../lambdas/granule/time-budget.js';

describe('a time budget', () => {
  test.each([
    ['a second and a half', 60_000, 58_500],
    ['a fifth of a short time', 1_000, 800],
    ['a second and a half of exactly 7.5 s', 7_500, 6_000],
  ])('reserves %s', (_, remainingMs, left) => {
    expect(new TimeBudget(() => remainingMs).remainingMs).toBe(left);
  });

  test('keeps the reserve of the start while time passes', () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    remaining = 2_000;

    expect(budget.remainingMs).toBe(500);
  });

  test('suffices for another record while more than the reserve is left', () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);

    expect(budget.sufficesForOneMore()).toBe(true);
    remaining = 1_501;
    expect(budget.sufficesForOneMore()).toBe(true);
    remaining = 1_500;
    expect(budget.sufficesForOneMore()).toBe(false);
  });

  test('does not suffice for work that may take as long as the longest so far', async () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    await budget.run(() => sleep(60), 5_000);
    await budget.run(() => Promise.resolve(), 5_000);
    remaining = 1_530;

    expect(budget.sufficesForOneMore()).toBe(false);
  });

  test('suffices again after work that was short', async () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    await budget.run(() => Promise.resolve(), 5_000);
    // Half a second beside the reserve: the process itself is older.
    remaining = 2_000;

    expect(budget.sufficesForOneMore()).toBe(true);
  });

  test('also remembers how long failed work took', async () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    const failing = budget.run(async () => {
      await sleep(60);
      throw new Error('no');
    }, 5_000);
    await expect(failing).rejects.toThrow('no');
    remaining = 1_530;

    expect(budget.sufficesForOneMore()).toBe(false);
  });
});

describe('work', () => {
  test('returns its value', async () => {
    const budget = new TimeBudget(() => 10_000);

    expect(await budget.run(() => Promise.resolve('made'), 1_000)).toBe('made');
  });

  test('that hangs is rejected after its limit, and the error says how long that was', async () => {
    const budget = new TimeBudget(() => 10_000);

    await expect(budget.run(() => new Promise(() => undefined), 20.4)).rejects.toThrow(
      'took longer than the remaining 20 ms',
    );
  });

  test('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const before = timers().length;

    await new TimeBudget(() => 10_000).run(() => Promise.resolve(), 60_000);

    expect(timers()).toHaveLength(before);
  });
});
