import type { Inventory } from './inventory.js';

export type Dialect = 'athena' | 'duckdb';

/** The relation with the raw columns of one report: the text after FROM, and a condition if one is needed. */
export interface Relation {
  readonly from: string;
  readonly where?: string;
}

export type QueryState =
  | { readonly state: 'running' }
  | { readonly state: 'succeeded'; readonly resultHref: string; readonly scannedBytes?: number }
  | FailedQuery;

export interface FailedQuery {
  readonly state: 'failed';
  readonly reason: string;
  /** Whether the same query may succeed later. */
  readonly transient: boolean;
  /** True if the query took more time or memory than the engine gives it. */
  readonly tooLarge?: boolean;
}

/**
 * Runs queries and writes each result as one CSV object in Athena's format: a header, every value quoted, null as an
 * empty field. Implemented by Athena in AWS and by DuckDB on a local machine.
 */
export interface QueryEngine {
  readonly dialect: Dialect;
  relation(inventory: Inventory, dt: string | undefined): Promise<Relation>;
  /** Starts a query and returns its id. A call with the same token and SQL returns the id of the query already started. */
  start(sql: string, token: string): Promise<string>;
  state(queryId: string): Promise<QueryState>;
  stop(queryId: string): Promise<void>;
}
