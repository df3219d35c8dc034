import type { Collection, Item } from '../../lambdas/stac/stac.js';
import {
  type IngestorOptions,
  type Ingestor,
  startIngestor,
} from '../../local/ingestor/ingestor.js';
import { MemoryStore } from '../../local/ingestor/item-store.js';

export interface FakeIngestor extends Ingestor {
  /** Returns the accepted Items: for each id, the last one. */
  readonly items: () => Item[];
  readonly collections: () => Collection[];
}

/**
 * Starts an ingestor on a loopback port that responds as the real one does and keeps what it accepts in memory.
 * @example
 * const ingestor = await startFakeIngestor();
 * const { items } = await runBatch(handler, [body], { source, ingestorUrl: ingestor.url });
 * expect(ingestor.items()).toEqual(items);
 * await ingestor.close();
 */
export async function startFakeIngestor(
  options: Omit<IngestorOptions, 'store'> = {},
): Promise<FakeIngestor> {
  const store = new MemoryStore();
  const ingestor = await startIngestor({ ...options, store });
  return {
    ...ingestor,
    items: () => store.itemTexts.map((text) => JSON.parse(text) as Item),
    collections: () => store.collectionTexts.map((text) => JSON.parse(text) as Collection),
  };
}
