import { ConfigurationError } from '../runtime/errors.js';

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * Returns the day before `day`; both are written as YYYY-MM-DD. The result is the same in every time zone, whereas
 * arithmetic with local dates repeats or skips a day when daylight saving time changes.
 * Throws ConfigurationError if `day` is not an existing day.
 *
 * @example
 * // A chunk for each day, from the newest to the oldest.
 * const nextChunk = (chunk: string) => (chunk > '2014-04-03' ? previousDay(chunk) : undefined);
 */
export function previousDay(day: string): string {
  return shifted(day, -1);
}

/**
 * Returns the day after `day`; both are written as YYYY-MM-DD. The result is the same in every time zone.
 * Throws ConfigurationError if `day` is not an existing day.
 *
 * @example
 * // A chunk for each day, from the oldest up to the day before the inventory report.
 * const nextChunk = (chunk: string, { inventoryDate }: { readonly inventoryDate: string }) =>
 *   nextDay(chunk) < inventoryDate ? nextDay(chunk) : undefined;
 */
export function nextDay(day: string): string {
  return shifted(day, 1);
}

/**
 * Returns `day` if it is an existing day written as YYYY-MM-DD. Throws ConfigurationError otherwise.
 *
 * @example
 * const folder = checkDay(chunk).replaceAll('-', '/'); // 2022-04-02: 2022/04/02
 */
export function checkDay(day: string): string {
  const milliseconds = DAY.test(day) ? Date.parse(day) : NaN;
  // Date.parse reads 30 February as 2 March.
  if (!Number.isNaN(milliseconds) && isoDay(milliseconds) === day) return day;
  throw new ConfigurationError(
    `a chunk must be a day written as YYYY-MM-DD (given '${day}'): check initial_chunk`,
  );
}

function shifted(day: string, days: number): string {
  return isoDay(Date.parse(checkDay(day)) + days * MILLISECONDS);
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
