import { UsageError } from '../shared/command.js';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses --since as parseTime does. */
export function parseSince(value: string, now: () => number = Date.now): string {
  return parseTime('--since', value, now);
}

/**
 * Parses the value of an option: an ISO 8601 time (UTC by default), or a duration before `now` such as `2h`. Returns
 * ISO 8601. Throws UsageError.
 */
export function parseTime(option: string, value: string, now: () => number = Date.now): string {
  const ago = /^(\d{1,6})([smhd])$/.exec(value);
  const time = ago
    ? now() - Number(ago[1]) * UNITS[ago[2] as keyof typeof UNITS]
    : Date.parse(isoDate(value));
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new UsageError(
    `${option} must be a time such as 2024-05-01 or 2024-05-01T12:00Z, or a duration such as 90m, 2h or 3d (given ${JSON.stringify(value)})`,
  );
}

/** Date.parse accepts almost anything, and reads a time without a zone as local time; here it is UTC. */
function isoDate(value: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(value);
  if (!parts) return '';
  return parts[2] === undefined
    ? `${parts[1] ?? ''}T00:00Z`
    : `${value}${parts[5] === undefined ? 'Z' : ''}`;
}
