import type { AbortableSource, GranuleSource } from './source.js';

export interface WatchedSource extends GranuleSource {
  /** Returns the hrefs whose reads have not ended. */
  reading(): string[];
}

/** Returns a source that reads from `inner`, knows which reads have not ended, and gives them up with `signal`. */
export function watchedSource(inner: AbortableSource, signal: AbortSignal): WatchedSource {
  const open = new Map<symbol, string>();
  const read: GranuleSource['read'] = async (href, range) => {
    const id = Symbol(href);
    open.set(id, href);
    try {
      return await inner.read(href, range, signal);
    } finally {
      open.delete(id);
    }
  };
  return {
    reading: () => [...open.values()],
    read: (href, range) => {
      const bytes = read(href, range);
      // createItem may have ended without waiting for this read; when it is given up, that must not end the process.
      bytes.catch(() => undefined);
      return bytes;
    },
  };
}
