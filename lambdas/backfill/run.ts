import type { Counts } from './counts.js';
import type { BackfillCursor } from './cursor.js';
import type { BackfillCollaborators } from './collaborators.js';
import type { HistoricPipeline } from './historic-pipeline.js';

/** One invocation of the historic function. */
export interface BackfillRun extends BackfillCollaborators {
  readonly pipeline: HistoricPipeline;
  /** The request id, which Lambda keeps for a retry of the same event, and for an event that it delivers twice. */
  readonly eventId: string;
  /** Owner of the lease: different for each invocation, so that of two with the same event only one works. */
  readonly owner: string;
  /** Returns true when the remaining time suffices only to save the cursor and invoke the function again. */
  readonly nearEnd: () => boolean;
}

/** The response of the historic function, which is also its last log line. */
export interface BackfillOutcome {
  readonly outcome:
    | 'started'
    | 'waiting'
    | 'continued'
    | 'handed-over'
    | 'chunk-done'
    | 'complete'
    | 'empty'
    | 'paused'
    | 'busy'
    | 'idle'
    | 'failed';
  /** The outcome in one sentence, for people. */
  readonly message: string;
  readonly chunk?: string | undefined;
  /** Counts of the chunk so far, if this run worked on one. */
  readonly counts?: Counts;
}

/** The outcome for a run whose write of the first cursor came after that of another run. */
export const STARTED_BY_ANOTHER: BackfillOutcome = {
  outcome: 'busy',
  message: 'another run is starting the backfill',
};

export function chunkName(chunk: string | undefined): string {
  return chunk === undefined ? 'the whole inventory' : `chunk ${chunk}`;
}

/** Returns the name of the report or listing. A cursor stored by an earlier version has no `listing`. */
export function reportName({ dt, listing }: Pick<BackfillCursor, 'dt' | 'listing'>): string {
  if (dt !== undefined) return `report dt=${dt}`;
  return listing === undefined ? 'the listing' : `the listing ${listing}`;
}

/** Returns the end of a sentence about a query that selected no row, if archived objects were left out. */
export function archivedHint(archived = 0): string {
  if (archived === 0) return '';
  return `; ${archived} archived objects were left out: restore them and set read_archived: true`;
}

/** Describes counts in one phrase. Others than those sent are named only if there are any. */
export function countsText({ rows, sent, skipped, refused, archived = 0 }: Counts): string {
  const others = [
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(archived > 0 ? [`${archived} archived objects left out`] : []),
  ];
  return [`${rows} rows`, `${sent} messages sent`, ...others].join(', ');
}
