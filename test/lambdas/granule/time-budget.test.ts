import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { TimeBudget, withinTime } from '../../../lambdas/granule/time-budget.js';

const hang = () => new Promise<never>(() => undefined);
const late = () => 'too late';

/** Makes the next measurement last exactly this long, however busy the machine is. */
function lasting(milliseconds: number): void {
  jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(milliseconds);
}

describe('a time budget', () => {
  test.each([
    ['a second and a half', 60_000, 58_500],
    ['a fifth of a short time', 1_000, 800],
    ['a second and a half of exactly 7.5 s', 7_500, 6_000],
  ])('reserves %s', (_, remainingMs, left) => {
    expect(new TimeBudget(() => remainingMs).remainingMs).toBe(left);
  });

  test.each([
    [100, 60_000, 1_500],
    [300, 60_000, 2_400],
    [1000, 60_000, 8_000],
    [1000, 10_000, 5_000],
    [100, 1_000, 200],
  ])('reserves for %i records, of %i ms, %i ms', (records, remainingMs, reserve) => {
    const budget = new TimeBudget(() => remainingMs, records);

    expect(remainingMs - budget.remainingMs).toBe(reserve);
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

    expect(budget.suffices('make')).toBe(true);
    remaining = 1_501;
    expect(budget.suffices('make')).toBe(true);
    remaining = 1_500;
    expect(budget.suffices('make')).toBe(false);
  });

  test('does not suffice for work that may take as long as the longest of its task so far', async () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    await budget.measure('make', () => sleep(60));
    await budget.measure('make', () => Promise.resolve());
    remaining = 1_530;

    expect(budget.suffices('make')).toBe(false);
  });

  test('does not suffice if the work may have only a share of the time that it needs', async () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    lasting(60);
    await budget.measure('make', () => Promise.resolve());
    jest.restoreAllMocks();
    remaining = 1_600;

    expect([budget.suffices('make'), budget.suffices('make', 0.5)]).toEqual([true, false]);
  });

  test('suffices for a post, however long making took', async () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    await budget.measure('make', () => sleep(60));
    remaining = 1_530;

    expect([budget.suffices('make'), budget.suffices('post')]).toEqual([false, true]);
  });

  test.each(['make', 'post'] as const)('ignores a %s that was given up', async (task) => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    await expect(budget.measure(task, () => withinTime(hang, 60, late))).rejects.toThrow(late());
    remaining = 1_530;

    expect(budget.suffices(task)).toBe(true);
  });

  test('suffices again after work that was short', async () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    await budget.measure('post', () => Promise.resolve());
    // Half a second beside the reserve: the process itself is older.
    remaining = 2_000;

    expect(budget.suffices('post')).toBe(true);
  });

  test('also remembers how long failed work took', async () => {
    let remaining = 10_000;
    const budget = new TimeBudget(() => remaining);
    const failing = budget.measure('post', async () => {
      await sleep(60);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    remaining = 1_530;

    expect(budget.suffices('post')).toBe(false);
  });
});

describe('the reason of a message that there was no time for', () => {
  test('advises a longer timeout if the work itself takes long, and says how long', async () => {
    const budget = new TimeBudget(() => 10_000);
    await budget.measure('post', () => sleep(60));

    expect(budget.outOfTime('post')).toEqual({
      kind: 'transient',
      name: 'OutOfTime',
      message: expect.stringMatching(
        /^the function had no time left for posting the Item: posting one takes up to \d\d+ ms, increase timeout_seconds or decrease batch_size$/,
      ) as unknown,
    });
  });

  test('does not advise a longer timeout if others of its batch hung', async () => {
    const budget = new TimeBudget(() => 10_000);
    await expect(budget.measure('make', () => withinTime(hang, 1, late))).rejects.toThrow(late());

    const { message } = budget.outOfTime('make');

    expect(message).toMatch(
      /1 granules or posts of its batch took so long that they were given up/,
    );
    expect(message).not.toMatch(/(?<!increasing )increase|decrease batch_size/);
  });
});

describe('work', () => {
  test('returns its value', async () => {
    expect(await withinTime(() => Promise.resolve('made'), 1_000, late)).toBe('made');
  });

  test('that hangs is rejected after its limit with the given reason', async () => {
    await expect(withinTime(hang, 20.4, late)).rejects.toThrow('too late');
  });

  test.each([0, -5])('is not started if its limit is %i', async (limitMs) => {
    let started = false;
    const work = () => Promise.resolve((started = true));

    await expect(withinTime(work, limitMs, late)).rejects.toThrow('too late');
    expect(started).toBe(false);
  });

  test('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const before = timers().length;

    await withinTime(() => Promise.resolve(), 60_000, late);

    expect(timers()).toHaveLength(before);
  });
});
