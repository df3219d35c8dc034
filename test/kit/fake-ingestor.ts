import type { Collection, Item } from '../../lambdas/stac/stac.js';
import {
  type IngestorOptions,
  type Ingestor,
  startIngestor,
} from '../../local/ingestor/ingestor.js';
import { MemoryStore } from '../../local/ingestor/item-store.js';

export interface FakeIngestor extends Ingestor {
  /** Taken so far, the last of each id. */
  readonly items: () => Item[];
  readonly collections: () => Collection[];
}

/** An ingestor over real HTTP on a loopback port, that answers as the real one does and keeps what it takes in memory. */
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
