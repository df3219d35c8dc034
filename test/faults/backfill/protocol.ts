/** Settings of the worker process, passed as JSON in its environment. */
export interface BackfillWorkerSettings {
  /** A folder in the layout of S3 Inventory. */
  readonly inventory: string;
  /** Folder for the cursor and query results, which survive a killed process. */
  readonly folder: string;
  readonly pageBytes: number;
}

/** Messages to the parent process; it responds only to `send`. */
export type FromBackfillWorker =
  | { readonly type: 'send'; readonly id: number; readonly bodies: readonly string[] }
  | { readonly type: 'querying' }
  | { readonly type: 'saving' }
  | { readonly type: 'done'; readonly outcome: string; readonly message: string };

/** Sent when the queue has accepted the bodies of a `send`. */
export interface ToBackfillWorker {
  readonly id: number;
}

export const BACKFILL_SETTINGS_VARIABLE = 'BACKFILL_BENCH_WORKER';
