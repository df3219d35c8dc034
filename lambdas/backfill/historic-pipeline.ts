import type { Row } from '../inventory/result-csv.js';

/** What is particular to a dataset in its backfill: three pure functions. */
export interface HistoricPipeline {
  /**
   * One SELECT from the relation `inventory`, which inventory-query.ts describes. `chunk` is undefined when the
   * whole inventory is read at once (historic_frequency 0).
   */
  queryInventory(input: { readonly chunk: string | undefined }): string;
  /** The message for one row of that SELECT, under its column names; undefined to skip the row. */
  rowToMessageBody(row: Row): string | undefined;
  /** The chunk after `chunk`, undefined when there is none. `inventoryDate`: day of the report, YYYY-MM-DD in UTC. */
  nextChunk(chunk: string, input: { readonly inventoryDate: string }): string | undefined;
}
