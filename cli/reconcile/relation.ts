import { sqlString } from '../../lambdas/inventory/query.js';

// A message may have 1 MiB, which escapes may make six times as large.
const MAX_LINE = 8 * 1024 * 1024;
const READ =
  `auto_detect=false, header=false, delim='\t', quote='', escape='', new_line='\\n', nullstr='\x01', ` +
  `max_line_size=${MAX_LINE}, buffer_size=${2 * MAX_LINE}`;

/** Returns a relation of the columns of a file with one escaped field per column. */
export function relation(path: string, columns: readonly string[]): string {
  const types = columns.map((column) => `${column}: 'VARCHAR'`).join(', ');
  return `read_csv(${sqlString(path)}, ${READ}, columns={${types}})`;
}

/** Conditions on the table `ids`, which has one row for each id. */
export const IS_MISSING = 'made > 0 AND found = 0';
export const IS_PRESENT = 'made > 0 AND found > 0';
export const IS_SURPLUS = 'made = 0 AND stays AND NOT kept';
