/** Microseconds since 1970-01-01 in UTC, because Date has only milliseconds. */
export type Microseconds = bigint;

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?$/;

/** Parses `YYYY-MM-DDTHH:MM:SS` with up to 6 decimals and an optional Z as UTC; undefined for any other text. */
export function tryParseUtc(text: string): Microseconds | undefined {
  const [, seconds, fraction = ''] = TIME.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const milliseconds = Date.parse(`${seconds}Z`);
  // Date.parse reads 30 February as 2 March, and 24:00 as 00:00 of the next day.
  const exists =
    !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(seconds);
  return exists ? BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0')) : undefined;
}

/** Writes 6 decimals, or none for a whole second. */
export function formatUtc(time: Microseconds): string {
  const fraction = ((time % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((time - fraction) / 1000n)).toISOString().slice(0, 19);
  return fraction === 0n ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(6, '0')}Z`;
}

/** Half of an odd difference is rounded to the even neighbour, as the reference does. */
export function midpoint(start: Microseconds, stop: Microseconds): Microseconds {
  const difference = stop - start;
  const half = difference / 2n;
  return start + (difference % 2n === 0n ? half : half + (half % 2n));
}
