import { addCounts, type Counts } from '../../lambdas/backfill/counts.js';
import { isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { scanCostUsd } from '../../lambdas/inventory/report.js';
import type { RepostRange } from '../../lambdas/backfill/repost-range.js';
import { backfillState, isOverdue } from '../status/backfill.js';

/** The progress of a backfill, for the terminal and --json. */
export interface BackfillProgress {
  /** One of `running (sending)`, `interrupted`, `paused`, `waiting`, `complete`, `empty`, `failed`. */
  readonly state: string;
  /** The current, next or last chunk; undefined if the backfill reads the whole inventory at once. */
  readonly chunk: string | undefined;
  readonly chunksDone: number;
  /** What a repost sends; undefined for the backfill. */
  readonly range: RepostRange | undefined;
  /** Number of chunks that begin without the schedule, after the one at work; undefined if the schedule begins each. */
  readonly ahead: number | 'all' | undefined;
  /** Totals over all chunks. */
  readonly counts: Counts;
  /** Counts of the current chunk. */
  readonly chunkCounts: Counts;
  /** Fraction of the chunk's query result that has been sent, 0 to 1; undefined before there is a result. */
  readonly share: number | undefined;
  /** Average since the start of the chunk, including its query. */
  readonly rowsPerSecond: number | undefined;
  /** Estimate for the chunk at the average rate; undefined unless it is being sent. */
  readonly remainingSeconds: number | undefined;
  readonly dt: string | undefined;
  readonly inventoryDate: string | undefined;
  /** Maximum number of bytes that a query reads. */
  readonly bytes: number;
  /** Cost of one query in USD, at Athena's list price. */
  readonly scanUsd: number;
  readonly queryId: string | undefined;
  readonly failure: string | undefined;
  /** What is missing of the inventory, in a sentence, if the backfill waits for it. */
  readonly waitingFor: string | undefined;
  /** Whether it has waited for more than 48 hours, within which S3 writes the first report. */
  readonly isOverdue: boolean;
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Whether the backfill is unfinished but has not advanced for longer than its resume schedule, which runs every 15 minutes. */
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
    range: cursor.range,
    ahead: aheadOf(cursor),
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
    waitingFor: cursor.waitingFor,
    isOverdue: isOverdue(cursor, now),
    startedAt: cursor.startedAt,
    updatedAt,
    isStalled: isUnfinished(cursor) && !cursor.paused && now - Date.parse(updatedAt) > STALLED_MS,
  };
}

/** The chunk at work, or the one that begins by itself, is not one of those that follow. */
function aheadOf({ range, until, chunks }: BackfillCursor): BackfillProgress['ahead'] {
  if (range !== undefined || until === undefined || until === 'all')
    return range ? undefined : until;
  return until - chunks > 1 ? until - chunks - 1 : undefined;
}
