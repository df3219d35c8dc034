import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { sqlString } from '../../lambdas/inventory/query.js';
import type { QueryEngine, QueryState } from '../../lambdas/inventory/engine.js';
import { duckDbRelation } from './duckdb-inventory.js';

export interface DuckDbOptions {
  /** Folder of the results, one file per query. A later process finds them there. */
  readonly folder: string;
  /** Memory limit of a query in megabytes. @default 512 */
  readonly memoryMb?: number;
  /** Milliseconds for which `state` waits for a running query: most end sooner than the caller would poll. @default 200 */
  readonly stateWaitMs?: number;
}

export interface DuckDbEngine extends QueryEngine {
  /** Resolves when all running queries have ended. */
  close(): Promise<void>;
}

// The format of Athena's results: every value quoted, null as an empty field, timestamps with milliseconds.
const RESULT_FORM =
  "FORMAT csv, HEADER true, FORCE_QUOTE *, NULLSTR '', TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S.%g'";

/** Returns an engine that queries files on disk with DuckDB. The id of a query is its token. */
export function duckDbEngine(options: DuckDbOptions): DuckDbEngine {
  const queries = new LocalQueries({ ...options, folder: resolve(options.folder) });
  return {
    dialect: 'duckdb',
    relation: duckDbRelation,
    start: (sql, token) => queries.start(sql, token),
    state: (queryId) => queries.state(queryId),
    // Nothing to do: a local query ends within seconds and costs nothing.
    stop: () => Promise.resolve(),
    close: () => queries.close(),
  };
}

class LocalQueries {
  private readonly running = new Map<string, Promise<void>>();
  private readonly failures = new Map<string, string>();

  constructor(private readonly options: DuckDbOptions) {}

  async start(sql: string, token: string): Promise<string> {
    const path = this.resultPath(token);
    await mkdir(this.options.folder, { recursive: true });
    if (this.running.has(token) || (await exists(path))) return token;
    this.failures.delete(token);
    const query = writeResult(sql, path, this.options)
      .catch((error: unknown) => this.failures.set(token, messageOf(error)))
      .then(() => void this.running.delete(token));
    this.running.set(token, query);
    return token;
  }

  async state(queryId: string): Promise<QueryState> {
    if (await this.isRunning(queryId)) return { state: 'running' };
    const reason = this.failures.get(queryId);
    if (reason !== undefined) return { state: 'failed', reason, transient: false };
    const resultHref = this.resultPath(queryId);
    if (await exists(resultHref)) return { state: 'succeeded', resultHref };
    return { state: 'failed', reason: 'the process that ran the query has ended', transient: true };
  }

  private async isRunning(queryId: string): Promise<boolean> {
    const { stateWaitMs = 200 } = this.options;
    const timer = new AbortController();
    const waited = wait(stateWaitMs, true, { signal: timer.signal }).catch(() => true);
    const isRunning = await Promise.race([this.running.get(queryId), waited]);
    timer.abort();
    return isRunning === true;
  }

  async close(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private resultPath(queryId: string): string {
    return join(this.options.folder, `${queryId}.csv`);
  }
}

/** Writes the result to a draft file first, so that a file named `path` is always complete. */
async function writeResult(
  sql: string,
  path: string,
  { folder, memoryMb = 512 }: DuckDbOptions,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    temp_directory: join(folder, 'spill'),
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  const draft = `${path}.${process.pid}.part`;
  try {
    await prepareConnection(connection);
    await connection.run(`COPY (${toDuckDb(sql)}) TO ${sqlString(draft)} (${RESULT_FORM})`);
    await rename(draft, path);
  } finally {
    // An instance keeps its buffers in memory until it is closed.
    connection.closeSync();
    instance.closeSync();
    await rm(draft, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Returns the error of a query. DuckDB explains bytes that are not UTF-8 by a list of its own options, without the cure. */
function messageOf(error: unknown): string {
  const text = String(error).replace(/^Error: /, '');
  if (!text.includes('not utf-8 encoded')) return text;
  const [, line = '?'] = /CSV Error on Line: (\d+)/.exec(text) ?? [];
  const [, file = 'the file'] = /^ {2}file = (.*)$/m.exec(text) ?? [];
  return `line ${line} of ${file} is not valid UTF-8: convert the file to UTF-8, for example with iconv`;
}

// Functions of lambdas/inventory/functions.ts that Trino has and DuckDB lacks.
const PREPARE = [
  `SET TimeZone = 'UTC'`,
  'CREATE OR REPLACE TEMP MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)',
  'CREATE OR REPLACE TEMP MACRO from_iso8601_timestamp(text) AS cast(text AS timestamptz)',
];

/** Format codes of Trino (from MySQL) that differ in DuckDB's strptime (from C). */
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

/** Defines the missing functions and sets the time zone to UTC, as in Athena. */
export async function prepareConnection(connection: DuckDBConnection): Promise<void> {
  for (const statement of PREPARE) await connection.run(statement);
}

/** Replaces date_parse with strptime. A macro cannot do this, because strptime needs its format as a literal. */
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

/** Returns the index of the parenthesis that closes the one before `start`, ignoring parentheses in strings. */
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
