import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { sqlString } from '../../lambdas/inventory/query.js';
import type { QueryEngine, QueryState } from '../../lambdas/inventory/engine.js';
import { prepareConnection, toDuckDb } from './duckdb-dialect.js';
import { duckDbRelation } from './duckdb-inventory.js';

export interface DuckDbOptions {
  /** Results are left here, one file for each query, and found again by the next process. */
  readonly folder: string;
  /** @default 512 */
  readonly memoryMb?: number;
  /** How long the state of a running query waits for its end: most take less than a caller's first pause. @default 200 */
  readonly stateWaitMs?: number;
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
  const queries = new LocalQueries({ ...options, folder: resolve(options.folder) });
  return {
    dialect: 'duckdb',
    relation: duckDbRelation,
    start: (sql, token) => queries.start(sql, token),
    state: (queryId) => queries.state(queryId),
    // It ends by itself: local queries take seconds and cost nothing.
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
    return { state: 'failed', reason: 'the process that ran it has ended', transient: true };
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
  const draft = `${path}.${process.pid}.part`;
  try {
    await prepareConnection(connection);
    await connection.run(`COPY (${toDuckDb(sql)}) TO ${sqlString(draft)} (${RESULT_FORM})`);
    await rename(draft, path);
  } finally {
    // An instance keeps its buffers until it is closed.
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

function messageOf(error: unknown): string {
  return String(error).replace(/^Error: /, '');
}
