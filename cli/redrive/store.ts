import type { DeadLetter } from './dead-letter.js';
import type { RedriveResult } from './send.js';

/** The dead letters of a pipeline: in its two queues in AWS, or in the file of a local run. */
export interface DeadLetterStore {
  list(): Promise<ListedDeadLetters>;
  /** Sends these dead letters again. Those that are no longer in the store are counted as gone. */
  send(deadLetters: readonly DeadLetter[]): Promise<RedriveResult>;
  /** Ends the list or send in progress early; it then returns what it has done so far. */
  stop(): void;
}

export interface ListedDeadLetters {
  readonly deadLetters: readonly DeadLetter[];
  /** What could not be read, one sentence each. */
  readonly notes: readonly string[];
}
