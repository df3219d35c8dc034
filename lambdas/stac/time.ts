const RFC3339 = /^(\d{4}-\d\d-(\d\d)T\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** A point in time that keeps all decimals of its seconds, unlike Date, which keeps three. */
interface Instant {
  /** Since the epoch, in whole seconds. */
  readonly milliseconds: number;
  /** The decimals of the seconds, such as `250` for 0.25 s written as `.250`. */
  readonly fraction: string;
}

/**
 * Parses an RFC 3339 date-time. Returns undefined if `text` has another form, no zone, or a nonexistent day.
 *
 * @example
 * tryParseInstant('2022-11-30T01:43:42.5Z'); // { milliseconds: 1669772622000, fraction: '5' }
 * tryParseInstant('2022-02-30T00:00:00Z'); // undefined
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function tryParseInstant(text: string): Instant | undefined {
  const [, seconds, day, fraction = '', zone] = RFC3339.exec(text) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const milliseconds = Date.parse(seconds + zone);
  // Date.parse reads 30 February as 2 March.
  const sameDay = new Date(Date.parse(`${seconds}Z`)).getUTCDate() === Number(day);
  return Number.isNaN(milliseconds) || !sameDay ? undefined : { milliseconds, fraction };
}

/** Whether a text has the form of a time, which may be one that does not exist, such as 30 February. */
export function isInstantForm(text: string): boolean {
  return RFC3339.test(text);
}

/** Compares two instants for Array.sort: negative, 0 or positive. */
export function compareInstants(a: Instant, b: Instant): number {
  const digits = Math.max(a.fraction.length, b.fraction.length);
  const difference = a.milliseconds - b.milliseconds;
  if (difference !== 0) return difference;
  const [x, y] = [a.fraction.padEnd(digits, '0'), b.fraction.padEnd(digits, '0')];
  return x < y ? -1 : Number(x > y);
}
