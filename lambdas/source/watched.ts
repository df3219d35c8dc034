import type { GranuleSource } from './source.js';

export interface WatchedSource extends GranuleSource {
  /** Returns the hrefs whose reads have not ended. */
  reading(): string[];
}

/** Returns a source that reads from `inner` and knows which reads have not ended. */
export function watchedSource(inner: GranuleSource): WatchedSource {
  const open = new Map<symbol, string>();
  return {
    reading: () => [...open.values()],
    read: async (href, range) => {
      const id = Symbol(href);
      open.set(id, href);
      try {
        return await inner.read(href, range);
      } finally {
        open.delete(id);
      }
    },
  };
}
