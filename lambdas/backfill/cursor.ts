import * as z from 'zod/mini';
import { failureOf, QueryError } from '../runtime/errors.js';

const CountsSchema = z.object({
  /** Rows of the query's result that were read. */
  rows: z.number(),
  /** Messages that the queue took. */
  sent: z.number(),
  /** Rows of which the pipeline made no message. */
  skipped: z.number(),
  /** Messages that the queue can never take, and rows on which the pipeline's function threw. */
  refused: z.number(),
});

/**
 * - waiting: `chunk` is to be begun by the next run
 * - pending: its query is to be started
 * - querying, sending: under way
 * - complete: there is no further chunk
 * - empty: as complete, and not one row was selected
 * - failed: a person has to look; the next run begins the chunk again
 */
const StageSchema = z.enum([
  'waiting',
  'pending',
  'querying',
  'sending',
  'complete',
  'empty',
  'failed',
]);

const CursorSchema = z.object({
  /** What is back-filled; another source is another backfill. */
  source: z.string(),
  stage: StageSchema,
  /** Undefined: the whole inventory. */
  chunk: z.optional(z.string()),
  /** The report that all chunks read; undefined for a listing and before the first run. */
  dt: z.optional(z.string()),
  inventoryDate: z.optional(z.string()),
  /** What a query reads at most. */
  bytes: z.number(),
  /** Queries of this backfill so far: makes each one's token another. */
  attempt: z.number(),
  /** Queries of this chunk that had to be started again. */
  restarts: z.number(),
  queryId: z.optional(z.string()),
  result: z.optional(
    z.object({
      href: z.string(),
      offset: z.number(),
      size: z.number(),
      eTag: z.optional(z.string()),
      columns: z.optional(z.array(z.string())),
    }),
  ),
  /** Of this chunk. */
  counts: CountsSchema,
  /** Of the chunks before it. */
  totals: CountsSchema,
  chunks: z.number(),
  startedAt: z.string(),
  chunkStartedAt: z.string(),
  updatedAt: z.string(),
  paused: z.boolean(),
  failure: z.optional(z.object({ message: z.string(), owner: z.string() })),
  lease: z.optional(z.object({ owner: z.string(), until: z.number() })),
});

export type Counts = z.infer<typeof CountsSchema>;
export type Stage = z.infer<typeof StageSchema>;
/** How far a backfill is: one row of the state table. */
export type BackfillCursor = z.infer<typeof CursorSchema>;

export interface StoredCursor {
  readonly cursor: BackfillCursor;
  /** Grows by one with each write. */
  readonly version: number;
}

/** Where the one cursor of a pipeline is kept. */
export interface CursorStore {
  read(): Promise<StoredCursor | undefined>;
  /** Of whatever is stored, also where another version of this project wrote it; undefined where nothing is. */
  version(): Promise<number | undefined>;
  /** False, and nothing written, unless the stored version is `expected`; undefined: unless nothing is stored. */
  write(cursor: BackfillCursor, expected: number | undefined): Promise<boolean>;
}

export const NO_COUNTS: Counts = { rows: 0, sent: 0, skipped: 0, refused: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    rows: a.rows + b.rows,
    sent: a.sent + b.sent,
    skipped: a.skipped + b.skipped,
    refused: a.refused + b.refused,
  };
}

export interface NewBackfill {
  readonly source: string;
  readonly chunk: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A backfill of which nothing is done. */
export function newBackfill({ source, chunk, now }: NewBackfill): BackfillCursor {
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
  };
}

export function isUnfinished({ stage }: BackfillCursor): boolean {
  return stage === 'pending' || stage === 'querying' || stage === 'sending';
}

/** Stops sending at the next page. Gives the cursor, undefined when there is no backfill. */
export function pauseBackfill(store: CursorStore): Promise<BackfillCursor | undefined> {
  return changeCursor(store, (cursor) => ({ ...cursor, paused: true }));
}

/** Lets a paused backfill go on: the function is to be invoked with `{ action: 'continue' }` afterwards. */
export function resumeBackfill(store: CursorStore): Promise<BackfillCursor | undefined> {
  return changeCursor(store, (cursor) => ({ ...cursor, paused: false }));
}

/**
 * Forgets what was done: the next `{ action: 'run' }` begins with `chunk` on the newest report. A run that is under
 * way stops at its next write. Gives the cursor as it was, undefined where there was none that can be read.
 */
export async function restartBackfill(
  store: CursorStore,
  begin: NewBackfill,
): Promise<BackfillCursor | undefined> {
  for (;;) {
    const version = await store.version();
    // What cannot be read is to be forgotten as well.
    const stored = await store.read().catch(noneIfUnreadable);
    const attempt = stored?.cursor.attempt ?? 0;
    if (await store.write({ ...newBackfill(begin), attempt }, version)) return stored?.cursor;
  }
}

function noneIfUnreadable(error: unknown): undefined {
  if (failureOf(error).kind !== 'permanent') throw error;
}

async function changeCursor(
  store: CursorStore,
  change: (cursor: BackfillCursor) => BackfillCursor,
): Promise<BackfillCursor | undefined> {
  for (;;) {
    const stored = await store.read();
    if (stored === undefined) return undefined;
    const cursor = change(stored.cursor);
    if (await store.write(cursor, stored.version)) return cursor;
  }
}

export function parseCursor(text: string): BackfillCursor {
  try {
    return z.parse(CursorSchema, JSON.parse(text));
  } catch (cause) {
    throw new QueryError(
      'the cursor in the state table is of another version of this project: npm run backfill -- <pipeline> restart',
      { kind: 'permanent', cause },
    );
  }
}
