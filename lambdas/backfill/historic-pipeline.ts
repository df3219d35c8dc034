import type { Row } from '../inventory/result-csv.js';

/**
 * What a dataset contributes to its backfill: three pure functions, written in the pipeline's historic.ts.
 * An error that one of them throws is permanent: `queryInventory` and `nextChunk` stop the backfill with it,
 * `rowToMessageBody` refuses the row, and stops the chunk only if more than 1 % of its rows are refused. They are
 * properties, not methods, so that the compiler rejects a `queryInventory` that does not expect an undefined chunk.
 *
 * @example
 * export const handler = historicHandler({ queryInventory, rowToMessageBody, nextChunk });
 */
export interface HistoricPipeline {
  /**
   * Returns the query for one chunk: a single SELECT from the relation `inventory`, with CTEs before it if needed.
   *
   * `inventory` has one row for each current object, without archived ones unless read_archived is true: `key`, and the
   * other columns of inventory_fields in snake case (`size` as bigint, `last_modified_date` as a UTC timestamp); for a
   * listing only `key`. The query runs on Athena and on DuckDB, so use only functions listed in
   * lambdas/inventory/functions.ts.
   *
   * `chunk` is initial_chunk or a value returned by `nextChunk`. It is undefined if historic_frequency is 0, and in a
   * local run (`npm run local`): then the query must select the whole inventory. The query runs again when it has to be
   * restarted, so it must not depend on the time.
   *
   * @example
   * function queryInventory({ chunk }: { readonly chunk: string | undefined }): string {
   *   return `SELECT key FROM inventory WHERE key LIKE 'tiles/${chunk ?? ''}%/metadata.xml'`;
   * }
   */
  readonly queryInventory: (input: { readonly chunk: string | undefined }) => string;

  /**
   * Returns the message for one row of the query's result, in the form that `parseMessage` reads, or undefined to skip
   * the row. `row` maps each selected column to its value as text; null is undefined. A body that is empty or larger
   * than the queue allows (256 KiB or 1 MiB) is refused: the row becomes a dead letter. So does a row if only columns
   * are read that the query does not select.
   *
   * @example
   * function rowToMessageBody({ key }: Record<string, string | undefined>): string | undefined {
   *   return key?.endsWith('/metadata.xml') ? JSON.stringify({ key }) : undefined;
   * }
   */
  readonly rowToMessageBody: (row: Row) => string | undefined;

  /**
   * Returns the chunk to send after `chunk`, or undefined after the last one. It must not return `chunk` itself.
   * It is not called if historic_frequency is 0. `inventoryDate` is the day of the inventory report (for a listing: the
   * day it was written), as YYYY-MM-DD in UTC.
   *
   * @example
   * // From the oldest year up to the year of the report.
   * function nextChunk(chunk: string, { inventoryDate }: { readonly inventoryDate: string }): string | undefined {
   *   const year = Number(chunk) + 1;
   *   return year > Number(inventoryDate.slice(0, 4)) ? undefined : String(year);
   * }
   */
  readonly nextChunk: (
    chunk: string,
    input: { readonly inventoryDate: string },
  ) => string | undefined;
}
