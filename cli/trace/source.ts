import type { SourceName, TraceEvent } from './event.js';
import type { TraceSubject } from './subject.js';

/** What a source knows. */
export interface Answer {
  readonly events: readonly TraceEvent[];
  /** Why there may be more; undefined if that is all. */
  readonly note?: string | undefined;
}

export interface Asking {
  readonly subject: TraceSubject;
  /** The words of `wants` that were not asked for yet. */
  readonly wanted: readonly string[];
  /** Time at which the answer must be there, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** A place to look. */
export interface Source {
  readonly name: SourceName;
  /** Returns the words to look for. The source is asked again if others are added. */
  readonly wants: (subject: TraceSubject) => readonly string[];
  /** The part of it that is searched; undefined if that is all of it. */
  readonly scope?: string;
  /** What to say if there is nothing to look for. @default there always is */
  readonly without?: string;
  /** Throws if it cannot answer. */
  readonly ask: (asking: Asking) => Promise<Answer>;
}

/** A source that is not asked, with the reason. */
export interface LeftOut {
  readonly name: SourceName;
  readonly why: string;
}
