import {
  wrappedSource,
  type AbortableSource,
  type AroundAccess,
  type GranuleSource,
} from './source.js';

/** A read or a download. */
export type Access = Parameters<AroundAccess>[0];

export interface WatchedSource extends GranuleSource {
  /** Returns the reads and downloads that have not ended. */
  open(): Access[];
}

/** Returns a source that reads from `inner`, knows which accesses have not ended, and gives them up with `signal`. */
export function watchedSource(inner: AbortableSource, signal: AbortSignal): WatchedSource {
  const open = new Set<Access>();
  const around: AroundAccess = async (access, run) => {
    open.add(access);
    try {
      return await run();
    } finally {
      open.delete(access);
    }
  };
  return Object.assign(wrappedSource(inner, around, signal), { open: () => [...open] });
}
