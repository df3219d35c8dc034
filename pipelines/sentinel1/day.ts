import { ConfigurationError } from '../../lambdas/runtime/errors.js';

/** Days are strings of the form YYYY-MM-DD. Calculating in UTC avoids the changes of daylight saving time. */

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const MILLISECONDS = 24 * 60 * 60 * 1000;

/** Returns `2022/4/2` for `2022-04-02`, because the key path has no leading zeros. */
export function keyPathOf(day: string): string {
  return checkDay(day).split('-').map(Number).join('/');
}

export function dayBefore(day: string): string {
  return isoDay(Date.parse(checkDay(day)) - MILLISECONDS);
}

function checkDay(day: string): string {
  const milliseconds = DAY.test(day) ? Date.parse(day) : NaN;
  // Date.parse reads 30 February as 2 March.
  if (!Number.isNaN(milliseconds) && isoDay(milliseconds) === day) return day;
  throw new ConfigurationError(
    `a chunk must be a day written as YYYY-MM-DD (given '${day}'): check initial_chunk`,
  );
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
