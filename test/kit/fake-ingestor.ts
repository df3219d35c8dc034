import type { Collection, Item } from '../../lambdas/stac/stac.js';
import {
  type LocalIngestorOptions,
  type LocalIngestor,
  startLocalIngestor,
} from '../../local/ingestor/local-ingestor.js';
import { MemoryStore } from '../../local/ingestor/item-store.js';

export interface FakeIngestor extends LocalIngestor {
  /** Returns the accepted Items: for each id, the last one. */
  readonly items: () => Item[];
  readonly collections: () => Collection[];
}

/**
 * Starts an ingestor on a loopback port that responds as the real one does and keeps what it accepts in memory.
 * Tests need not close it: it ends with the test process, also after a test that fails.
 * @example
 * const ingestor = await startFakeIngestor();
 * const { items } = await runBatch(handler, [body], { source, ingestorUrl: ingestor.url });
 * expect(ingestor.items()).toEqual(items);
 */
export async function startFakeIngestor(
  options: Omit<LocalIngestorOptions, 'store'> = {},
): Promise<FakeIngestor> {
  const store = new MemoryStore();
  const ingestor = await startLocalIngestor({ ...options, store });
  ingestor.unref();
  return {
    ...ingestor,
    items: () => store.itemTexts.map((text) => JSON.parse(text) as Item),
    collections: () => store.collectionTexts.map((text) => JSON.parse(text) as Collection),
  };
}
