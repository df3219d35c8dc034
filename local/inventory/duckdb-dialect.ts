import type { DuckDBConnection } from '@duckdb/node-api';

// What Trino has and DuckDB lacks, of the functions in lambdas/inventory/functions.ts.
const PREPARE = [
  `SET TimeZone = 'UTC'`,
  'CREATE OR REPLACE TEMP MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)',
  'CREATE OR REPLACE TEMP MACRO from_iso8601_timestamp(text) AS cast(text AS timestamptz)',
];

/** MySQL's format codes, which Trino uses, where C's strptime has others. */
const FORMAT_CODES: Readonly<Record<string, string>> = {
  '%M': '%B',
  '%i': '%M',
  '%s': '%S',
  '%h': '%I',
  '%k': '%-H',
  '%e': '%-d',
  '%c': '%-m',
  '%T': '%H:%M:%S',
};

export async function prepareConnection(connection: DuckDBConnection): Promise<void> {
  for (const statement of PREPARE) await connection.run(statement);
}

/** Trino's date_parse as DuckDB's strptime, which wants its format as a literal: so it is done in the text. */
export function toDuckDb(sql: string): string {
  const call = /\bdate_parse\s*\(/i.exec(sql);
  if (call === null) return sql;
  const start = call.index + call[0].length;
  const end = closingParenthesis(sql, start);
  const literal = /,\s*'[^']*'\s*$/;
  const args = sql
    .slice(start, end)
    .replace(literal, (format) =>
      format.replace(/%[A-Za-z]/g, (code) => FORMAT_CODES[code] ?? code),
    );
  return `${sql.slice(0, call.index)}strptime(${toDuckDb(args)}${toDuckDb(sql.slice(end))}`;
}

/** Of the parenthesis that was opened before `start`; parentheses in strings do not count. */
function closingParenthesis(sql: string, start: number): number {
  let depth = 1;
  let quoted = false;
  for (let at = start; at < sql.length; at += 1) {
    const character = sql[at];
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return sql.length;
}
