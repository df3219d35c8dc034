import {
  addCounts,
  isUnfinished,
  type BackfillCursor,
  type Counts,
} from '../../lambdas/backfill/cursor.js';
import { scanCostUsd } from '../../lambdas/inventory/report.js';
import { backfillState } from '../status/pipeline-status.js';

/** How far a backfill is, for people and machines. */
export interface BackfillProgress {
  /** In a word or two: `running (sending)`, `interrupted`, `paused`, `waiting`, `complete`, `empty`, `failed`. */
  readonly state: string;
  /** At work, due next, or done last; undefined: the whole inventory. */
  readonly chunk: string | undefined;
  readonly chunksDone: number;
  /** Of all chunks. */
  readonly counts: Counts;
  /** Of the chunk at work. */
  readonly chunkCounts: Counts;
  /** Of the chunk's result that is sent, 0 to 1; undefined before there is one. */
  readonly share: number | undefined;
  /** Since the chunk's begin, its query included. */
  readonly rowsPerSecond: number | undefined;
  /** Of the chunk, at that rate; undefined unless it is being sent. */
  readonly remainingSeconds: number | undefined;
  readonly dt: string | undefined;
  readonly inventoryDate: string | undefined;
  /** What a query reads at most. */
  readonly bytes: number;
  /** Dollars of one query at Athena's list price. */
  readonly scanUsd: number;
  readonly queryId: string | undefined;
  readonly failure: string | undefined;
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Unfinished, and the keeper that looks every quarter of an hour moved nothing. */
  readonly isStalled: boolean;
}

const STALLED_MS = 20 * 60_000;

export function progressOf(cursor: BackfillCursor, now: number): BackfillProgress {
  const { counts, totals, result, chunkStartedAt, updatedAt, bytes } = cursor;
  const seconds = (Date.parse(updatedAt) - Date.parse(chunkStartedAt)) / 1000;
  const share = result === undefined || result.size === 0 ? undefined : result.offset / result.size;
  const isMoving = !cursor.paused && cursor.stage === 'sending' && share !== undefined && share > 0;
  return {
    state: backfillState(cursor),
    chunk: cursor.chunk,
    chunksDone: cursor.chunks,
    counts: addCounts(totals, counts),
    chunkCounts: counts,
    share,
    rowsPerSecond: counts.rows > 0 && seconds > 0 ? counts.rows / seconds : undefined,
    remainingSeconds: isMoving ? seconds * (1 / share - 1) : undefined,
    dt: cursor.dt,
    inventoryDate: cursor.inventoryDate,
    bytes,
    scanUsd: scanCostUsd(bytes),
    queryId: cursor.queryId,
    failure: cursor.failure?.message,
    startedAt: cursor.startedAt,
    updatedAt,
    isStalled: isUnfinished(cursor) && !cursor.paused && now - Date.parse(updatedAt) > STALLED_MS,
  };
}
