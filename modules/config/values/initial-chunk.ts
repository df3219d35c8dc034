import { FieldError } from './error.js';

/** The first chunk. What looks like a date has to be one, and gets its zeros: 2022-4-20 is 2022-04-20. */
export function parseInitialChunk(value: string): string {
  const [, year, month = '', day = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value) ?? [];
  if (year === undefined) return value;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = new Date(`${date}T00:00:00.000Z`);
  // Date moves 30 February on to March, so only the way back tells whether there is such a day.
  if (!Number.isNaN(time.getTime()) && time.toISOString().startsWith(date)) return date;
  throw new FieldError('looks like a date, and there is no such day in the calendar');
}
