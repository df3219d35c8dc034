import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkDay, nextDay, previousDay } from '../../../lambdas/backfill/day.js';

const LAST_DAY = '2023-01-01';

/** All days of 2022, one after the other. */
function daysOf2022(): string[] {
  const days: string[] = [];
  for (let day = '2022-01-01'; day !== LAST_DAY; day = nextDay(day)) days.push(day);
  return days;
}

test('[N20] a walk over a year meets each of its days once, in both directions', () => {
  const forwards = daysOf2022();
  const backwards: string[] = [];
  for (let day = previousDay(LAST_DAY); day >= '2022-01-01'; day = previousDay(day))
    backwards.push(day);

  expect(forwards).toHaveLength(365);
  expect(new Set(forwards).size).toBe(365);
  expect(backwards.reverse()).toEqual(forwards);
});

test('[N20] months, years and leap days are followed by the right day', () => {
  expect(nextDay('2024-02-28')).toBe('2024-02-29');
  expect(nextDay('2023-02-28')).toBe('2023-03-01');
  expect(previousDay('2024-03-01')).toBe('2024-02-29');
  expect(previousDay('2000-01-01')).toBe('1999-12-31');
});

test.each(['America/New_York', 'Europe/Berlin', 'Pacific/Apia'])(
  '[N20] the days around every change of daylight saving time are the same under TZ=%s',
  (TZ) => {
    const module = JSON.stringify(resolve('lambdas/backfill/day.ts'));
    const program = `import { nextDay } from ${module};
      const days = [];
      for (let day = '2022-01-01'; day !== '${LAST_DAY}'; day = nextDay(day)) days.push(day);
      console.log(days.join());`;
    const words = ['--no-warnings', '--import', 'tsx', '--input-type=module', '-e', program];
    const output = execFileSync(process.execPath, words, {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    });

    expect(output.trim().split(',')).toEqual(daysOf2022());
  },
);

test.each(['2022-02-30', '2022-4-2', '20220402', '2022-04-02T00:00:00Z', ''])(
  "[N20] '%s' is an error that names it, because it is not a day",
  (day) => {
    for (const call of [checkDay, nextDay, previousDay])
      expect(() => call(day)).toThrow(
        `a chunk must be a day written as YYYY-MM-DD (given '${day}'): check initial_chunk`,
      );
  },
);
