import { withinTime } from './time-budget.js';
import type { GranuleSource } from '../source/source.js';
import { watchedSource, type WatchedSource } from '../source/watched.js';

/** Makes one Item, and measures and limits the time that it takes. */
export type RunMaking = <T>(make: (source: GranuleSource) => Promise<T>) => Promise<T>;

interface MakingLimits {
  readonly source: GranuleSource;
  /** Milliseconds after which the granule is given up. */
  readonly limitMs: number;
}

/**
 * Makes one Item and gives it up after `limitMs`. The error names the reads that had not ended, because a longer
 * timeout does not help a read that hangs. Reads that have not ended when this returns are given up, which frees their
 * sockets for the next invocation.
 */
export async function makeWithin<T>(
  make: (source: GranuleSource) => Promise<T>,
  { source, limitMs }: MakingLimits,
): Promise<T> {
  const reads = new AbortController();
  const watched = watchedSource(source, reads.signal);
  try {
    return await withinTime(
      () => make(watched),
      limitMs,
      () => tooLong(limitMs, watched),
    );
  } finally {
    reads.abort();
  }
}

function tooLong(limitMs: number, watched: WatchedSource): string {
  if (limitMs <= 0) {
    return (
      'the granule was not started, because the other granules of its message took half of the time that the ' +
      'function had left: increase timeout_seconds, or send fewer granules in one message'
    );
  }
  const [href, ...others] = watched.reading();
  const what = `the Item was not created within ${Math.round(limitMs)} ms, half of the time that the function had left`;
  if (href === undefined) {
    return `${what}, and no read was in progress: createItem itself takes too long; increase memory_mb or timeout_seconds`;
  }
  const more = others.length > 0 ? ` and of ${others.length} more files` : '';
  return (
    `${what}: the read of ${href}${more} had not ended; it is tried again, and increasing timeout_seconds ` +
    'does not help a read that hangs'
  );
}
