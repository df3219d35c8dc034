import type { Hold } from '../../lambdas/hold/hold-row.js';
import { printable, shortTime } from './table.js';

/** Since when, by whom and why: "since 2024-05-01 12:00Z by arn:aws:iam::123456789012:user/ann: the catalogue is rebuilt". */
export function holdText({ since, by, reason }: Hold): string {
  const who = by === undefined ? '' : ` by ${printable(by)}`;
  const why = reason === undefined ? '' : `: ${printable(reason)}`;
  return `since ${shortTime(since)}${who}${why}`;
}
