import { FieldError } from './error.js';

/** Returns the first chunk. Text that looks like a date must be one, and gets leading zeros: 2022-04-20. Throws FieldError. */
export function parseInitialChunk(value: string): string {
  const [, year, month = '', day = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value) ?? [];
  if (year === undefined) return value;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = new Date(`${date}T00:00:00.000Z`);
  // Date turns 30 February into 2 March, so the day exists only if it comes back unchanged.
  if (!Number.isNaN(time.getTime()) && time.toISOString().startsWith(date)) return date;
  throw new FieldError('looks like a date, but the calendar does not have this day');
}
