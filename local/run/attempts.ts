import type { Attempt } from '../container/protocol.js';

interface Ids {
  readonly made: Set<string>;
  readonly posted: Set<string>;
}

/**
 * Corrects counts of Items for messages with more than one attempt, which made and perhaps posted the same Items again.
 * Add the corrections to the counts of all attempts: then each message has each of its Items once.
 */
export class AttemptCorrections {
  made = 0;
  posted = 0;
  private readonly open = new Map<string, Ids>();

  take({ messageId, made, posted, isLast }: Attempt): void {
    const ids = this.open.get(messageId) ?? { made: new Set(), posted: new Set() };
    this.made -= repeated(made, ids.made);
    this.posted -= repeated(posted, ids.posted);
    if (isLast) this.open.delete(messageId);
    else this.open.set(messageId, ids);
  }
}

/** Adds the ids to those that are known, and returns how many were known. */
function repeated(ids: readonly string[], known: Set<string>): number {
  const before = known.size;
  for (const id of ids) known.add(id);
  return ids.length - (known.size - before);
}
