import type { Inventory } from './inventory.js';

export type Dialect = 'athena' | 'duckdb';

/** Where the raw columns of one report are read: what stands behind FROM, and a condition where one is needed. */
export interface Relation {
  readonly from: string;
  readonly where?: string;
}

export type QueryState =
  | { readonly state: 'running' }
  | { readonly state: 'succeeded'; readonly resultHref: string; readonly scannedBytes?: number }
  | { readonly state: 'failed'; readonly reason: string; readonly transient: boolean };

/**
 * Runs one query at a time and leaves its result as one CSV object in Athena's form: a header, every value in
 * quotes, null as nothing between commas. Athena in AWS, DuckDB on a person's machine.
 */
export interface QueryEngine {
  readonly dialect: Dialect;
  relation(inventory: Inventory, dt: string | undefined): Promise<Relation>;
  /** The same token with the same text starts nothing new and gives the id of the query already started. */
  start(sql: string, token: string): Promise<string>;
  state(queryId: string): Promise<QueryState>;
  stop(queryId: string): Promise<void>;
}
