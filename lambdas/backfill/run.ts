import type { BackfillCursor, Counts } from './cursor.js';
import type { HistoricCollaborators } from './collaborators.js';
import type { HistoricPipeline } from './historic-pipeline.js';

/** One invocation of the historic function. */
export interface BackfillRun extends HistoricCollaborators {
  readonly pipeline: HistoricPipeline;
  /** Of the lease: the id of the event, which a retry of it shares. */
  readonly owner: string;
  /** True when there is only time left to save and hand over. */
  readonly nearEnd: () => boolean;
}

/** What the function answers; also its last log line. */
export interface HistoricOutcome {
  readonly outcome:
    | 'started'
    | 'continued'
    | 'handed-over'
    | 'chunk-done'
    | 'complete'
    | 'empty'
    | 'paused'
    | 'busy'
    | 'idle'
    | 'failed';
  /** A sentence for a person. */
  readonly message: string;
  readonly chunk?: string | undefined;
  /** Of the chunk, where this run sent something. */
  readonly counts?: Counts;
}

export function chunkName(chunk: string | undefined): string {
  return chunk === undefined ? 'the whole inventory' : `chunk ${chunk}`;
}

export function reportName({ dt, source }: Pick<BackfillCursor, 'dt' | 'source'>): string {
  // Of sourceOf: the place, which may hold blanks, then two words.
  return dt === undefined ? `the listing ${source.replace(/( \S+){2}$/, '')}` : `report dt=${dt}`;
}
