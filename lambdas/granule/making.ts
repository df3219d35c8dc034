import { withinTime } from './time-budget.js';
import type { GranuleSource } from '../source/source.js';
import { watchedSource, type Access, type WatchedSource } from '../source/watched.js';

/** Makes the Items of a granule. The signal is aborted when the granule is given up, or has ended. */
export type Making<T> = (source: GranuleSource, signal: AbortSignal) => Promise<T>;

/** Makes one Item, and measures and limits the time that it takes. */
export type RunMaking = <T>(make: Making<T>) => Promise<T>;

interface MakingLimits {
  readonly source: GranuleSource;
  /** Milliseconds after which the granule is given up. */
  readonly limitMs: number;
}

/**
 * Makes one Item and gives it up after `limitMs`. The error names a read or download that had not ended, because a
 * longer timeout does not help a read that hangs. Reads that have not ended when this returns are given up, which frees their
 * sockets for the next invocation.
 */
export async function makeWithin<T>(
  make: Making<T>,
  { source, limitMs }: MakingLimits,
): Promise<T> {
  const making = new AbortController();
  const watched = watchedSource(source, making.signal);
  try {
    return await withinTime(
      () => make(watched, making.signal),
      limitMs,
      () => tooLong(limitMs, watched),
    );
  } finally {
    making.abort();
  }
}

function tooLong(limitMs: number, watched: WatchedSource): string {
  if (limitMs <= 0) {
    return (
      'the granule was not started, because the other granules of its message took half of the time that the ' +
      'function had left: increase timeout_seconds, or send fewer granules in one message'
    );
  }
  const [access, ...others] = watched.open();
  const what = `the Item was not created within ${Math.round(limitMs)} ms, half of the time that the function had left`;
  if (access === undefined) {
    return `${what}, and no read was in progress: createItem itself takes too long; increase memory_mb or timeout_seconds`;
  }
  const more = others.length > 0 ? ` and of ${others.length} more files` : '';
  return `${what}: the ${access.what} of ${access.href}${more} had not ended; ${ADVICE[access.what]}`;
}

/** A read that hangs is given up after some seconds; a download that gets on is not. */
const ADVICE: Readonly<Record<Access['what'], string>> = {
  read: 'it is tried again, and increasing timeout_seconds does not help a read that hangs',
  download:
    'it is tried again; increase timeout_seconds if the file is large, or memory_mb, with which the network gets faster',
};
