import type { Row } from '../inventory/result-csv.js';

/**
 * What a dataset contributes to its backfill: three pure functions, written in the pipeline's historic.ts, and two
 * optional ones with which its inventory can be compared with the catalogue.
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

  /**
   * Returns the id of the Item that `createItem` makes from the message of a row, or undefined if it makes none. It is
   * called for rows that become a message, by `npm run reconcile`, which cannot compare inventory and catalogue without
   * it. It must be pure and follow from the row alone. Leave it out if a granule makes several Items, or if the id is
   * known only from the content of its files.
   *
   * @example
   * function itemIdOf({ key }: Record<string, string | undefined>): string | undefined {
   *   return /([^/]+)\/metadata\.xml$/.exec(key ?? '')?.[1];
   * }
   */
  readonly itemIdOf?: ((row: Row) => string | undefined) | undefined;

  /**
   * Returns which Items the rows of a chunk make. `npm run reconcile -- <pipeline> --chunk <chunk>` then requests only
   * these from the STAC API, and can tell which of them no row makes. Throws ConfigurationError if the chunk is not one.
   *
   * @example
   * // Chunks are days, and no Item's datetime is on another day than its key path.
   * const itemsOfChunk = (day: string) => ({ from: `${day}T00:00:00Z`, to: `${day}T23:59:59.999999Z` });
   */
  readonly itemsOfChunk?: ((chunk: string) => ChunkItems) | undefined;
}

/** The Items that the rows of one chunk make. */
export interface ChunkItems {
  /** The earliest and the latest `datetime` that they may have, as times of RFC 3339 in UTC. Both are included. */
  readonly from: string;
  readonly to: string;
  /** Whether an Item between these times is one of them. @default all are */
  readonly includes?: (itemId: string) => boolean;
}
