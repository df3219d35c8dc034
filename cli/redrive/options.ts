import { UsageError } from '../shared/usage-error.js';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** An ISO time, or how long ago; as ISO. */
export function parseSince(value: string, now: () => number = Date.now): string {
  const ago = /^(\d{1,6})([smhd])$/.exec(value);
  const time = ago
    ? now() - Number(ago[1]) * UNITS[ago[2] as keyof typeof UNITS]
    : Date.parse(isoDate(value));
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new UsageError(
    `--since takes a time such as 2024-05-01 or 2024-05-01T12:00Z, or how long ago: 90m, 2h, 3d (given ${JSON.stringify(value)})`,
  );
}

export function parseLimit(value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(`--limit takes a whole number from 1 (given ${JSON.stringify(value)})`);
}

/** Date.parse takes nearly anything, and a time without a zone for local time; here it is UTC. */
function isoDate(value: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(value);
  if (!parts) return '';
  return parts[2] === undefined
    ? `${parts[1] ?? ''}T00:00Z`
    : `${value}${parts[5] === undefined ? 'Z' : ''}`;
}
