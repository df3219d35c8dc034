import { errorText, type FoundQueue } from '../shared/deployed-pipeline.js';
import { DeadLetterReader, LANES, type ReceivedDeadLetter } from './queue.js';

/** What is done with the dead letters of a queue, batch by batch. */
export interface Taking<T> {
  /** If true, no further batch is started; batches in progress are completed. */
  readonly isStopped: () => boolean;
  /** Divides up to ten dead letters. @default one batch */
  readonly batchesOf?: (
    deadLetters: readonly ReceivedDeadLetter[],
  ) => Iterable<readonly ReceivedDeadLetter[]>;
  /** Does it, and deletes those that are done with. */
  readonly take: (batch: readonly ReceivedDeadLetter[]) => Promise<T>;
}

export interface Taken<T> {
  readonly results: readonly T[];
  /** Dead letters that were no longer in the queue. */
  readonly gone: number;
  /** Why it stopped early; undefined if it completed. */
  readonly fault: string | undefined;
}

/** Reads a queue once, and passes on the dead letters `ids`. All others become visible again. */
export async function takeFrom<T extends { readonly deleted: readonly ReceivedDeadLetter[] }>(
  source: FoundQueue,
  ids: ReadonlySet<string>,
  { isStopped, batchesOf = (all) => [all], take }: Taking<T>,
): Promise<Taken<T>> {
  const reader = new DeadLetterReader(source);
  const open = new Set(ids);
  const results: T[] = [];
  const lane = async (): Promise<void> => {
    while (open.size > 0 && !isStopped()) {
      const deadLetters = await reader.next();
      if (deadLetters.length === 0) return;
      const wanted = deadLetters.filter(({ id }) => open.delete(id));
      if (wanted.length === 0) continue;
      for (const batch of batchesOf(wanted)) {
        const result = await take(batch);
        reader.forget(result.deleted);
        results.push(result);
      }
    }
  };
  // A message that a lane is still working on must not become visible, so all lanes end before the release.
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  await reader.release();
  const broken = lanes.find((result) => result.status === 'rejected');
  return {
    results,
    gone: isStopped() || broken ? 0 : open.size,
    fault: broken && errorText(broken.reason),
  };
}
