const RFC3339 = /^(\d{4}-\d\d-(\d\d)T\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** A point in time whose order is exact beyond the milliseconds that Date holds. */
interface Instant {
  readonly milliseconds: number;
  readonly fraction: string;
}

/** An RFC 3339 date-time (with a zone, and a day that its month has); undefined where `text` is none. */
export function tryParseInstant(text: string): Instant | undefined {
  const [, seconds, day, fraction = '', zone] = RFC3339.exec(text) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const milliseconds = Date.parse(seconds + zone);
  // Date.parse takes 30 February for 2 March.
  const sameDay = new Date(Date.parse(`${seconds}Z`)).getUTCDate() === Number(day);
  return Number.isNaN(milliseconds) || !sameDay ? undefined : { milliseconds, fraction };
}

/** Negative, 0 or positive, as a comparator gives it. */
export function compareInstants(a: Instant, b: Instant): number {
  const digits = Math.max(a.fraction.length, b.fraction.length);
  const difference = a.milliseconds - b.milliseconds;
  if (difference !== 0) return difference;
  const [x, y] = [a.fraction.padEnd(digits, '0'), b.fraction.padEnd(digits, '0')];
  return x < y ? -1 : Number(x > y);
}
