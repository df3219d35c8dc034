/** Where a trace looks. */
export type SourceName =
  | 'dead letters'
  | "subscription's dead letters"
  | 'log of app'
  | 'log of verify'
  | 'log of historic'
  | 'pending posts'
  | 'versions'
  | 'ingestor'
  | 'catalogue'
  | 'inventory';

/**
 * - posted, superseded, skipped, retry, dead: the outcome of a message, as the log has it
 * - requeued: the verification sent the message again
 * - row-refused: the backfill refused the row of the inventory
 * - logged: any other line of a log
 * - dead-letter: a message that is in a dead-letter queue now
 * - pending: a post that is not verified yet
 * - version: a version that was posted
 * - loaded, failed, waiting: the state of the ingestion at the ingestor
 * - item: the Item in the catalogue
 * - object: an object of the inventory
 */
export type EventKind =
  | 'posted'
  | 'superseded'
  | 'skipped'
  | 'retry'
  | 'dead'
  | 'requeued'
  | 'row-refused'
  | 'logged'
  | 'dead-letter'
  | 'pending'
  | 'version'
  | 'loaded'
  | 'failed'
  | 'waiting'
  | 'item'
  | 'object';

/** One thing that a source knows. */
export interface TraceEvent {
  readonly source: SourceName;
  readonly kind: EventKind;
  /** ISO 8601; undefined if the source has no time for it. */
  readonly at: string | undefined;
  /** One sentence without a full stop. */
  readonly what: string;
  /** Why it failed; undefined if it did not. */
  readonly reason?: string | undefined;
  readonly itemIds?: readonly string[] | undefined;
  readonly messageId?: string | undefined;
  readonly correlationId?: string | undefined;
  /** What the message is about: an href, or the beginning of its JSON. */
  readonly about?: string | undefined;
}

/** What became of the question to one source. */
export interface SourceReport {
  readonly source: SourceName;
  /** `unknown` if it could not be asked or answered in part; `not asked` if it was left out on purpose. */
  readonly state: 'found' | 'nothing' | 'unknown' | 'not asked';
  /** Time of the question, ISO 8601. */
  readonly askedAt: string;
  /** The part of the source that was searched; undefined if it was all of it. */
  readonly scope?: string | undefined;
  /** Why it is unknown or was not asked, or what limits the answer. */
  readonly why?: string | undefined;
  /** Whether that is a fault, such as denied access, rather than a part that the pipeline does not have. */
  readonly isFault: boolean;
}
