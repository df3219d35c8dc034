import { FieldError } from '../../modules/config/values/error.js';

/** A number of a date in a key. */
export type DateGroup = 'year' | 'month' | 'day' | 'ordinal' | 'hour' | 'minute' | 'second';

/** A piece of the part of a key that is the day: a number, or the text between two numbers. */
export type DayToken =
  | { readonly text: string }
  | { readonly group: DateGroup; readonly regex: string; readonly text: string };

/** The part of a key that is the day of a granule, and perhaps its time. */
export interface DayPart {
  readonly text: string;
  readonly tokens: readonly DayToken[];
  /** RFC 3339 time in UTC; midnight if the part has only the day. */
  readonly datetime: string;
}

const EXAMPLES = '2024/05/01, 20240501, 2024-122 (day of the year) or 20240501T101500';

const ORDINAL = /^(?<a>\D*)(?<year>\d{4})(?<b>\D*)(?<ordinal>\d{3})(?<c>\D*)$/;
const CALENDAR =
  /^(?<a>\D*)(?<year>\d{4})(?<b>\D*)(?<month>\d{1,2})(?<c>\D*)(?<day>\d{1,2})(?:(?<d>\D{0,6})(?<hour>\d{2})(?<e>\D?)(?<minute>\d{2})(?:(?<f>\D?)(?<second>\d{2}))?)?(?<g>\D*)$/;

/** Parses the part of a key that is the day: year, then month and day or the day of the year, then perhaps a time. Throws FieldError. */
export function parseDayPart(text: string): DayPart {
  const groups = (ORDINAL.exec(text) ?? CALENDAR.exec(text))?.groups;
  const isUnclear = groups?.['b'] === '' && groups['month']?.length === 1;
  if (groups === undefined || isUnclear) {
    throw new FieldError(
      `must be a year, then a month and a day or the day of the year, as in ${EXAMPLES}`,
    );
  }
  const datetime = datetimeOf(groups);
  if (datetime === undefined) throw new FieldError('must be a time that the calendar has');
  return { text, datetime, tokens: tokensOf(groups) };
}

/** Finds the first part of a key that looks like a day and is one. */
export function findDayPart(key: string): string | undefined {
  const forms = [
    /(?:year=)?(?<!\d)(?:19|20)\d\d([-_/.])(?:month=)?\d{1,2}\1(?:day=)?\d{1,2}(?!\d)/g,
    /(?<!\d)(?:19|20)\d{6}(?:T\d{6})?(?!\d)/g,
    /(?<!\d)(?:19|20)\d{2}[-_/.]?[0-3]\d{2}(?!\d)/g,
  ];
  const found = forms.flatMap((form) => [...key.matchAll(form)].map(([text]) => text));
  return found.find(isDayPart);
}

function isDayPart(text: string): boolean {
  try {
    return parseDayPart(text).text === text;
  } catch (error) {
    if (error instanceof FieldError) return false;
    throw error;
  }
}

type Groups = Readonly<Record<string, string | undefined>>;

function datetimeOf(groups: Groups): string | undefined {
  const number = (name: DateGroup, absent: number): number => Number(groups[name] ?? absent);
  const [month, day] =
    groups['ordinal'] === undefined
      ? [number('month', 1), number('day', 1)]
      : [1, number('ordinal', 1)];
  const time = new Date(Date.UTC(number('year', 0), month - 1, day));
  time.setUTCHours(number('hour', 0), number('minute', 0), number('second', 0));
  const iso = time.toISOString();
  // Date turns 30 February into 2 March, and 25 hours into the next day.
  const isSame =
    iso.startsWith(`${groups['year'] ?? ''}-`) &&
    (groups['ordinal'] !== undefined ||
      (time.getUTCMonth() + 1 === month && time.getUTCDate() === day)) &&
    time.getUTCHours() === number('hour', 0) &&
    time.getUTCMinutes() === number('minute', 0) &&
    time.getUTCSeconds() === number('second', 0);
  return isSame && number('ordinal', 1) > 0 ? `${iso.slice(0, 19)}Z` : undefined;
}

function tokensOf(groups: Groups): readonly DayToken[] {
  // Months and days without leading zeros have one digit or two.
  const isUnpadded = [groups['month'], groups['day']].some((text) => text?.length === 1);
  return Object.entries(groups).flatMap(([name, text = '']): readonly DayToken[] => {
    if (text === '') return [];
    if (name.length === 1) return [{ text }];
    const group = name as DateGroup;
    const isShort = isUnpadded && (group === 'month' || group === 'day');
    return [{ group, text, regex: isShort ? '\\d{1,2}' : `\\d{${text.length}}` }];
  });
}
