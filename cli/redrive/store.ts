import type { DeadLetter, SendOptions } from './dead-letter.js';
import type { DiscardResult } from './discard.js';
import type { RedriveResult } from './send.js';

/** The dead letters of a pipeline: in its two queues in AWS, or in the file of a local run. */
export interface DeadLetterStore {
  list(): Promise<ListedDeadLetters>;
  /** Sends these dead letters again. Those that are no longer in the store are counted as gone. */
  send(deadLetters: readonly DeadLetter[], options?: SendOptions): Promise<RedriveResult>;
  /** Archives these dead letters in the file `to`, and then deletes them. Throws UsageError if the store cannot. */
  discard(deadLetters: readonly DeadLetter[], to: string): Promise<DiscardResult>;
  /** Ends the list, send or discard in progress early; it then returns what it has done so far. */
  stop(): void;
}

export interface ListedDeadLetters {
  readonly deadLetters: readonly DeadLetter[];
  /** What could not be read, one sentence each. */
  readonly notes: readonly string[];
}
