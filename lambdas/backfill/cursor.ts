import * as z from 'zod/mini';
import { failureOf, QueryError } from '../runtime/errors.js';
import { CountsSchema, NO_COUNTS } from './counts.js';
import { RangeSchema, type RepostRange } from './repost-range.js';

/**
 * - waiting: the next run starts `chunk`; with `waitingFor`, also the resume schedule does
 * - pending: the query of `chunk` has not been started
 * - querying: the query is running
 * - sending: the result is being read and sent
 * - complete: every chunk has been sent
 * - empty: every chunk has been processed, and the queries selected no row
 * - cancelled: a person has ended the repost
 * - failed: a permanent error stopped the chunk; the next run starts it again
 */
const StageSchema = z.enum([
  'waiting',
  'pending',
  'querying',
  'sending',
  'complete',
  'empty',
  'cancelled',
  'failed',
]);

const CursorSchema = z.object({
  /** Value of `sourceOf`. A different source means a different backfill. */
  source: z.string(),
  stage: StageSchema,
  /** Why the backfill could not start yet: what is missing of its inventory, in a sentence. */
  waitingFor: z.optional(z.string()),
  /** Undefined means the whole inventory. */
  chunk: z.optional(z.string()),
  /** The report that all chunks read. Undefined for a listing, and before the first run. */
  dt: z.optional(z.string()),
  /** Location of the listing. Undefined for a report, and in cursors stored by earlier versions. */
  listing: z.optional(z.string()),
  /** Day of the report, as YYYY-MM-DD in UTC. */
  inventoryDate: z.optional(z.string()),
  /** Maximum number of bytes that a query scans. */
  bytes: z.number(),
  /** What Athena scanned for completed queries. Undefined before the first, and on DuckDB, which does not tell. */
  scanned: z.optional(z.object({ bytes: z.number(), queries: z.number() })),
  /** Number of queries of this backfill so far. It makes the token of each query unique. */
  attempt: z.number(),
  /** Number of times that the query of this chunk was restarted. */
  restarts: z.number(),
  queryId: z.optional(z.string()),
  /** The query that counts the rows of archived objects. Undefined if nothing is to be counted. */
  archivedQueryId: z.optional(z.string()),
  result: z.optional(
    z.object({
      href: z.string(),
      offset: z.number(),
      size: z.number(),
      eTag: z.optional(z.string()),
      columns: z.optional(z.array(z.string())),
    }),
  ),
  /** Counts of this chunk. */
  counts: CountsSchema,
  /** Sum of the counts of all earlier chunks. */
  totals: CountsSchema,
  /** Number of completed chunks. */
  chunks: z.number(),
  /**
   * Number of completed chunks up to which each chunk begins as soon as the one before it is done, without waiting for
   * the schedule. Undefined means that the schedule begins each chunk.
   */
  until: z.optional(z.union([z.number(), z.literal('all')])),
  /** What a repost sends. Undefined for the backfill. */
  range: z.optional(RangeSchema),
  startedAt: z.string(),
  chunkStartedAt: z.string(),
  updatedAt: z.string(),
  paused: z.boolean(),
  /** `owner` is the request id of the event that failed. With `needsStart` no schedule starts the chunk again. */
  failure: z.optional(
    z.object({ message: z.string(), owner: z.string(), needsStart: z.optional(z.boolean()) }),
  ),
  /** The first refused row of this chunk. */
  firstRefused: z.optional(z.object({ key: z.string(), reason: z.string() })),
  lease: z.optional(z.object({ owner: z.string(), until: z.number() })),
});

export type Stage = z.infer<typeof StageSchema>;
/** The progress of a backfill, stored as one row of the state table. */
export type BackfillCursor = z.infer<typeof CursorSchema>;

export interface StoredCursor {
  readonly cursor: BackfillCursor;
  /** Incremented by each write. */
  readonly version: number;
}

/** Storage of a pipeline's cursor. */
export interface CursorStore {
  /** Throws QueryError if the stored cursor cannot be parsed. */
  read(): Promise<StoredCursor | undefined>;
  /** Returns the version of the stored cursor without parsing it, or undefined if none is stored. */
  version(): Promise<number | undefined>;
  /** Writes the cursor if the stored version is `expected` (undefined: none is stored). Otherwise returns false. */
  write(cursor: BackfillCursor, expected: number | undefined): Promise<boolean>;
}

export interface NewBackfill {
  readonly source: string;
  readonly chunk: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What a repost sends, all by itself. @default a backfill, whose chunks the schedule begins */
  readonly range?: RepostRange;
}

/** Returns the cursor of a backfill that has not started. */
export function newBackfill({ source, chunk, now, range }: NewBackfill): BackfillCursor {
  const time = new Date(now).toISOString();
  return {
    source,
    stage: 'waiting',
    chunk,
    bytes: 0,
    attempt: 0,
    restarts: 0,
    counts: NO_COUNTS,
    totals: NO_COUNTS,
    chunks: 0,
    startedAt: time,
    chunkStartedAt: time,
    updatedAt: time,
    paused: false,
    ...(range !== undefined && { range, until: 'all' as const }),
  };
}

export function isUnfinished({ stage }: BackfillCursor): boolean {
  return stage === 'pending' || stage === 'querying' || stage === 'sending';
}

/** Pauses sending after the current page. Returns the cursor, or undefined if there is no backfill. */
export function pauseBackfill(store: CursorStore): Promise<BackfillCursor | undefined> {
  return changeCursor(store, (cursor) => ({ ...cursor, paused: true }));
}

/** Clears the pause. Afterwards, invoke the function with `{ action: 'continue' }`. */
export function resumeBackfill(store: CursorStore): Promise<BackfillCursor | undefined> {
  return changeCursor(store, (cursor) => ({ ...cursor, paused: false }));
}

/**
 * Discards the progress: the next `{ action: 'run' }` starts with `chunk` on the newest report. A run in progress stops
 * at its next write. Returns the previous cursor, or undefined if there was none or it could not be parsed.
 */
export async function restartBackfill(
  store: CursorStore,
  begin: NewBackfill,
): Promise<BackfillCursor | undefined> {
  for (;;) {
    const version = await store.version();
    // A restart also replaces a cursor that cannot be parsed.
    const stored = await store.read().catch(undefinedIfUnreadable);
    const attempt = stored?.cursor.attempt ?? 0;
    if (await store.write({ ...newBackfill(begin), attempt }, version)) return stored?.cursor;
  }
}

function undefinedIfUnreadable(error: unknown): undefined {
  if (failureOf(error).kind !== 'permanent') throw error;
}

/** Changes the cursor if `change` returns another one. Returns the changed cursor, or undefined if there is none. */
export async function changeCursor(
  store: CursorStore,
  change: (cursor: BackfillCursor) => BackfillCursor | undefined,
): Promise<BackfillCursor | undefined> {
  for (;;) {
    const stored = await store.read();
    const cursor = stored && change(stored.cursor);
    if (stored === undefined || cursor === undefined) return undefined;
    if (await store.write(cursor, stored.version)) return cursor;
  }
}

/** Parses a stored cursor. Throws QueryError, which names the command that replaces the cursor of `pipelineId`. */
export function parseCursor(text: string, pipelineId: string): BackfillCursor {
  try {
    return z.parse(CursorSchema, JSON.parse(text));
  } catch (cause) {
    throw new QueryError(
      'the stored cursor was written by an incompatible version of this project; ' +
        `to discard it and start over, run npm run backfill -- ${pipelineId} restart`,
      { kind: 'permanent', cause },
    );
  }
}
