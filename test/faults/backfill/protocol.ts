/** What the worker process is started with, as JSON in its environment. */
export interface BackfillWorkerSettings {
  /** A folder in the layout of S3 Inventory. */
  readonly inventory: string;
  /** For the cursor and the results of queries: what outlives a killed process. */
  readonly folder: string;
  readonly pageBytes: number;
}

/** What the parent process has to know; only `send` is answered. */
export type FromBackfillWorker =
  | { readonly type: 'send'; readonly id: number; readonly bodies: readonly string[] }
  | { readonly type: 'querying' }
  | { readonly type: 'saving' }
  | { readonly type: 'done'; readonly outcome: string; readonly message: string };

/** The queue has taken the bodies of a `send`. */
export interface ToBackfillWorker {
  readonly id: number;
}

export const BACKFILL_SETTINGS_VARIABLE = 'BACKFILL_BENCH_WORKER';
