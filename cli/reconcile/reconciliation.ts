import type { BackfillTarget } from '../backfill/target.js';
import type { CatalogItem, PageTools } from './api/fetch-page.js';
import type { Show } from './progress.js';
import type { Workspace } from './state.js';

/** Everything that a comparison needs. */
export interface Reconciliation extends PageTools {
  readonly target: BackfillTarget;
  readonly collection: string;
  readonly api: string;
  readonly pageSize: number | undefined;
  /** The chunks to compare; undefined stands for the whole inventory. */
  readonly chunks: readonly (string | undefined)[];
  readonly workspace: Workspace;
  /**
   * Looks for the granules of some Items instead of those without an Item: only Items that `accepts` are read, and the list
   * has the rows that make them. `name` says which Items they are, for a run that goes on.
   */
  readonly selects?: {
    readonly name: string;
    readonly accepts: (item: CatalogItem) => boolean;
  };
  readonly isStopped: () => boolean;
  readonly show: Show['show'];
}

/** Whether the surplus of the chosen chunks can be known: of the whole inventory, and of chunks that say which Items are theirs. */
export function knowsSurplus({
  chunks,
  target,
}: Pick<Reconciliation, 'chunks' | 'target'>): boolean {
  return chunks[0] === undefined || target.historic.pipeline.itemsOfChunk !== undefined;
}
