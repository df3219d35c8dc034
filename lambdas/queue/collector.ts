import { limiter } from '../runtime/limiter.js';

export interface CollectorOptions<T> {
  /** Whether `next` fits into a batch that has these entries. */
  readonly fits: (batch: readonly T[], next: T) => boolean;
  /** Processes an entry that is alone. */
  readonly one: (entry: T) => Promise<void>;
  /** Processes a batch. Returns the errors of entries by their position; throws if every entry failed. */
  readonly several: (batch: readonly T[]) => Promise<ReadonlyMap<number, Error>>;
}

interface Waiting<T> {
  readonly entry: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const PARALLEL_BATCHES = 16;

/**
 * Returns a function that processes one entry, in a batch with those of other calls in the same turn of the event loop.
 * A call rejects with the error of its own entry.
 */
export function collector<T>(options: CollectorOptions<T>): (entry: T) => Promise<void> {
  const limited = limiter(PARALLEL_BATCHES);
  let waiting: Waiting<T>[] = [];
  const flush = (): void => {
    const batches = batchesOf(waiting, options);
    waiting = [];
    for (const batch of batches) void limited(() => settle(batch, options));
  };
  return (entry) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ entry, resolve, reject });
    });
}

function batchesOf<T>(
  waiting: readonly Waiting<T>[],
  { fits }: CollectorOptions<T>,
): Waiting<T>[][] {
  const batches: Waiting<T>[][] = [];
  for (const next of waiting) {
    const last = batches.at(-1);
    const entries = last?.map(({ entry }) => entry);
    if (last !== undefined && entries !== undefined && fits(entries, next.entry)) last.push(next);
    else batches.push([next]);
  }
  return batches;
}

async function settle<T>(
  batch: readonly Waiting<T>[],
  { one, several }: CollectorOptions<T>,
): Promise<void> {
  const [first, ...others] = batch;
  try {
    if (first !== undefined && others.length === 0) {
      await one(first.entry);
      first.resolve();
      return;
    }
    const errors = await several(batch.map(({ entry }) => entry));
    for (const [index, { resolve, reject }] of batch.entries()) {
      const error = errors.get(index);
      if (error === undefined) resolve();
      else reject(error);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
