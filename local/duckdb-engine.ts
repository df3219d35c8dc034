import { access, mkdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlString } from '../lambdas/inventory-query.js';
import type { QueryEngine, QueryState } from '../lambdas/query-engine.js';
import { prepareConnection, toDuckDb } from './duckdb-dialect.js';
import { duckDbRelation } from './duckdb-inventory.js';

export interface DuckDbOptions {
  /** Results are left here, one file for each query, and found again by the next process. */
  readonly folder: string;
  /** @default 512 */
  readonly memoryMb?: number;
}

export interface DuckDbEngine extends QueryEngine {
  /** Waits for running queries. */
  close(): Promise<void>;
}

// Every value in quotes, null as nothing, milliseconds in timestamps: as Athena writes a result.
const RESULT_FORM =
  "FORMAT csv, HEADER true, FORCE_QUOTE *, NULLSTR '', TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S.%g'";

/** Queries files on disk; the result is a CSV file as Athena would leave it. The id of a query is its token. */
export function duckDbEngine(options: DuckDbOptions): DuckDbEngine {
  const folder = resolve(options.folder);
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, string>();
  const resultPath = (queryId: string) => join(folder, `${queryId}.csv`);

  const start = async (sql: string, token: string): Promise<string> => {
    await mkdir(folder, { recursive: true });
    if (running.has(token) || (await exists(resultPath(token)))) return token;
    failures.delete(token);
    const query = writeResult(sql, resultPath(token), { ...options, folder })
      .catch((error: unknown) => failures.set(token, messageOf(error)))
      .then(() => void running.delete(token));
    running.set(token, query);
    return token;
  };
  const state = async (queryId: string): Promise<QueryState> => {
    if (running.has(queryId)) return { state: 'running' };
    const reason = failures.get(queryId);
    if (reason !== undefined) return { state: 'failed', reason, transient: false };
    const resultHref = resultPath(queryId);
    if (await exists(resultHref)) return { state: 'succeeded', resultHref };
    return { state: 'failed', reason: 'the process that ran it has ended', transient: true };
  };
  return {
    dialect: 'duckdb',
    relation: duckDbRelation,
    start,
    state,
    // It ends by itself: local queries take seconds and cost nothing.
    stop: () => Promise.resolve(),
    close: async () => {
      await Promise.all(running.values());
    },
  };
}

/** The file appears under its name only when it is whole. */
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
  try {
    await prepareConnection(connection);
    const draft = `${path}.${process.pid}.part`;
    await connection.run(`COPY (${toDuckDb(sql)}) TO ${sqlString(draft)} (${RESULT_FORM})`);
    await rename(draft, path);
  } finally {
    // An instance keeps its buffers until it is closed.
    connection.closeSync();
    instance.closeSync();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
