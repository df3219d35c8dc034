import { ConfigurationError } from '../../lambdas/runtime/errors.js';

/** Days are text, YYYY-MM-DD, in UTC: the one calendar without missing or doubled hours. */

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const MILLISECONDS = 24 * 60 * 60 * 1000;

/** `2022-04-02` as `2022/4/2`: the key path has no leading zeros. */
export function keyPathOf(day: string): string {
  return checkDay(day).split('-').map(Number).join('/');
}

export function dayBefore(day: string): string {
  return isoDay(Date.parse(checkDay(day)) - MILLISECONDS);
}

function checkDay(day: string): string {
  const milliseconds = DAY.test(day) ? Date.parse(day) : NaN;
  // Date.parse takes 30 February for 2 March.
  if (!Number.isNaN(milliseconds) && isoDay(milliseconds) === day) return day;
  throw new ConfigurationError(
    `a chunk is a day written YYYY-MM-DD (given '${day}'): see initial_chunk`,
  );
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
