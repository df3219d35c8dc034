import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { sqlName, sqlString } from '../../../lambdas/inventory/query.js';
import type { Inventory } from '../../../lambdas/inventory/inventory.js';
import { parseRecords } from '../../../lambdas/inventory/result-csv.js';
import { prepareConnection, toDuckDb } from '../../../local/inventory/duckdb-engine.js';
import { duckDbRelation } from '../../../local/inventory/duckdb-inventory.js';

export interface AthenaTable {
  readonly database: string;
  readonly table: string;
  readonly inventory: Inventory;
  /** Reports that the table's projection finds; none for a listing. */
  readonly dts: readonly string[];
}

export interface QueryFailure {
  readonly state: 'FAILED' | 'CANCELLED';
  readonly reason: string;
  readonly retryable?: boolean;
  /** A number of Athena's error catalog. */
  readonly errorType?: number;
}

interface Execution {
  readonly id: string;
  readonly sql: string;
  readonly token: string;
  state: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  reason?: string;
  retryable?: boolean;
  errorType?: number;
  /** Number of responses with RUNNING before the real state. */
  pollsLeft: number;
}

/** Athena's query executions, run by DuckDB; results are files `<id>.csv` in `folder`. */
export class AthenaQueries {
  readonly executions: Execution[] = [];
  /** Taken by the next queries, one each. */
  readonly failures: QueryFailure[] = [];
  pollsUntilDone = 1;

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly folder: string,
  ) {}

  static async open(tables: readonly AthenaTable[], folder: string): Promise<AthenaQueries> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await prepareConnection(connection);
    // DuckDB's own leaves a plus alone.
    await connection.run(
      `CREATE MACRO url_decode(text) AS system.main.url_decode(replace(text, '+', ' '))`,
    );
    for (const table of tables) await createView(connection, table);
    return new AthenaQueries(connection, folder);
  }

  /** The same token again is the same execution. */
  async start(sql: string, token: string): Promise<string> {
    const known = this.executions.find((execution) => execution.token === token);
    if (known !== undefined) return known.id;
    const execution: Execution = {
      id: randomUUID(),
      sql,
      token,
      state: 'RUNNING',
      pollsLeft: this.pollsUntilDone,
    };
    this.executions.push(execution);
    const failure = this.failures.shift();
    if (failure !== undefined) Object.assign(execution, failure);
    else await this.run(execution);
    return execution.id;
  }

  find(id: string): Execution | undefined {
    return this.executions.find((execution) => execution.id === id);
  }

  /** Rows of the result, the header among them as Athena has it. */
  async rows(id: string): Promise<readonly (readonly (string | undefined)[])[]> {
    return parseRecords(await readFile(join(this.folder, `${id}.csv`)), true).records;
  }

  close(): void {
    this.connection.closeSync();
  }

  private async run(execution: Execution): Promise<void> {
    const path = sqlString(join(this.folder, `${execution.id}.csv`));
    const form = `FORMAT csv, HEADER true, FORCE_QUOTE *, TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S.%g'`;
    try {
      await this.connection.run(`COPY (${toDuckDb(execution.sql)}) TO ${path} (${form})`);
      execution.state = 'SUCCEEDED';
    } catch (error) {
      execution.state = 'FAILED';
      execution.reason = error instanceof Error ? error.message : String(error);
    }
  }
}

async function createView(connection: DuckDBConnection, table: AthenaTable): Promise<void> {
  const { database, table: name, inventory, dts } = table;
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${sqlName(database)}`);
  const reports = dts.map(async (dt) => {
    const { from } = await duckDbRelation(inventory, dt);
    return `SELECT *, ${sqlString(dt)} AS dt FROM ${from}`;
  });
  const listing = async () => [
    `SELECT * FROM ${(await duckDbRelation(inventory, undefined)).from}`,
  ];
  const selects = dts.length > 0 ? await Promise.all(reports) : await listing();
  const view = `${sqlName(database)}.${sqlName(name)}`;
  await connection.run(`CREATE VIEW ${view} AS ${selects.join(' UNION ALL ')}`);
}
