import type { DeadLetter } from './dead-letter.js';
import type { RedriveResult } from './send.js';

/** Where dead letters are kept and sent from: two queues in AWS, or the file of a local run. */
export interface DeadLetterStore {
  list(): Promise<ListedLetters>;
  /** Sends these again; those that are gone by then are counted. */
  send(letters: readonly DeadLetter[]): Promise<RedriveResult>;
  /** Ends what is under way soon; a list or a result says what was done until then. */
  stop(): void;
}

export interface ListedLetters {
  readonly letters: readonly DeadLetter[];
  /** What could not be read, a sentence each. */
  readonly notes: readonly string[];
}
