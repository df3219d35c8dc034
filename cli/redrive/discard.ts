import { LineFile } from '../../local/files/line-file.js';
import { BACKFILL_ATTRIBUTE, ROW_ATTRIBUTE } from '../../lambdas/queue/attributes.js';
import type { FoundQueue } from '../shared/deployed-pipeline.js';
import { deleteDeadLetters, type ReceivedDeadLetter } from './queue.js';
import { takeFrom } from './take.js';

export interface DiscardResult {
  readonly discarded: number;
  /** Dead letters that were no longer in the queue. */
  readonly gone: number;
  /** Why it stopped early; undefined if it completed. */
  readonly fault: string | undefined;
}

/** The file to which dead letters are appended before they are deleted: one JSON object per line. */
export interface Archive {
  readonly append: (deadLetters: readonly ReceivedDeadLetter[]) => void;
  readonly close: () => void;
}

/** Opens an archive. A file that exists is continued. Throws OutputError. */
export function openArchive(path: string): Archive {
  const file = new LineFile(path, { fresh: false });
  return {
    append: (deadLetters) => {
      for (const deadLetter of deadLetters) file.append(JSON.stringify(lineOf(deadLetter)));
      file.sync();
    },
    close: () => {
      file.close();
    },
  };
}

/** A dead letter in the form of the file of a local run. */
function lineOf(deadLetter: ReceivedDeadLetter) {
  const { id, queue, body, reason, error, kind, failedAt, sentAt } = deadLetter;
  const { itemId, correlationId, receiveCount, backfill, refusedRow } = deadLetter;
  const attributes = {
    reason,
    error,
    kind,
    failed_at: failedAt,
    sent_timestamp: sentAt,
    item_id: itemId,
    correlation_id: correlationId,
    receive_count: receiveCount === undefined ? undefined : String(receiveCount),
    [BACKFILL_ATTRIBUTE]: backfill,
    [ROW_ATTRIBUTE]: refusedRow,
  };
  return { messageId: id, queue, body, attributes };
}

/** Archives the dead letters `ids` of one queue, and deletes each batch once it is on disk. */
export async function discardFrom(
  source: FoundQueue,
  ids: ReadonlySet<string>,
  { archive, isStopped }: { readonly archive: Archive; readonly isStopped: () => boolean },
): Promise<DiscardResult> {
  const { results, gone, fault } = await takeFrom(source, ids, {
    isStopped,
    take: async (batch) => {
      archive.append(batch);
      await deleteDeadLetters(source, batch);
      return { deleted: batch };
    },
  });
  const discarded = results.reduce((sum, { deleted }) => sum + deleted.length, 0);
  return { discarded, gone, fault };
}
