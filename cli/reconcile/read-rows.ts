import { memoryCursors } from '../../lambdas/backfill/cursor-table.js';
import type { BackfillCursor, CursorStore } from '../../lambdas/backfill/cursor.js';
import { addCounts, NO_COUNTS, type Counts } from '../../lambdas/backfill/counts.js';
import type { HistoricPipeline } from '../../lambdas/backfill/historic-pipeline.js';
import { historicHandler } from '../../lambdas/historic-handler.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import type { Row } from '../../lambdas/inventory/result-csv.js';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { silentLog, type Log } from '../../lambdas/runtime/log.js';
import { silentMeter } from '../../lambdas/runtime/metrics.js';
import { reasonOf } from '../../lambdas/runtime/unexpected.js';
import { unlimitedQueue } from '../../local/input/unlimited-queue.js';
import { LOCAL_PACE } from '../../local/inventory/input.js';
import { refusedOutcome, runBackfill } from '../../local/inventory/run-backfill.js';
import type { BackfillTarget } from '../backfill/target.js';
import { CommandError } from '../shared/command.js';

/** Takes the rows of one chunk that become a message. */
export interface RowSink {
  add(row: IdentifiedRow): void;
  /** Takes a row with a message whose Item is unknown. */
  unidentified(key: string, reason: string): void;
  /** Takes the first rows that the backfill refuses. */
  refused(key: string, reason: string): void;
  /** Forgets the rows of the chunk, because its query is repeated. */
  reset(): void;
  /** Called after each page. */
  flush(counts: Counts): void;
}

export interface IdentifiedRow {
  readonly id: string;
  readonly key: string;
  /** Body of the message. */
  readonly body: string;
}

export interface RowReading {
  readonly target: BackfillTarget;
  /** The inventory with the report to read. */
  readonly inventory: Inventory;
  /** Undefined for the whole inventory. */
  readonly chunk: string | undefined;
  readonly isStopped: () => boolean;
}

type ItemIdOf = NonNullable<HistoricPipeline['itemIdOf']>;

/** A page of the cursor is in memory only; a larger one has fewer writes. */
const PAGE_BYTES = 256 * 1024;
const DONE: readonly string[] = ['chunk-done', 'complete', 'empty'];

/**
 * Reads the rows of a chunk as its backfill does, and adds them to `sink` instead of sending them. Returns what became of
 * them; undefined if it was stopped before the end. Throws PipelineError and CommandError.
 */
export async function readRows(
  { target, inventory, chunk, isStopped }: RowReading,
  sink: RowSink,
): Promise<Counts | undefined> {
  const { settings, engine, objects, historic } = target;
  const cursors = watched(memoryCursors(), sink);
  const { outcome, counts, message } = await runBackfill(
    historicHandler(noting(historic.pipeline, sink)),
    {
      settings: {
        ...settings,
        inventory,
        frequencyHours: chunk === undefined ? 0 : settings.frequencyHours,
        initialChunk: chunk,
        maxQueueDepth: undefined,
      },
      engine,
      objects,
      clock: systemClock,
      queue: unlimitedQueue(() => Promise.resolve([])),
      deadLetters: unlimitedQueue(() => Promise.resolve([])),
      cursors,
      log: refusals(sink),
      meter: silentMeter,
      ...LOCAL_PACE,
      pageBytes: PAGE_BYTES,
      isStopped,
    },
  ).catch((error: unknown) => refusedOutcome(error, cursors));
  if (isStopped() && !DONE.includes(outcome)) return undefined;
  if (!DONE.includes(outcome)) throw new CommandError(message);
  return addCounts(NO_COUNTS, counts ?? NO_COUNTS);
}

/** The pipeline, which also adds each row that becomes a message to the sink. */
function noting(pipeline: HistoricPipeline, sink: RowSink): HistoricPipeline {
  const { itemIdOf } = pipeline;
  if (itemIdOf === undefined) throw new CommandError('historic.ts has no itemIdOf');
  return {
    ...pipeline,
    rowToMessageBody: (row) => {
      const body = pipeline.rowToMessageBody(row);
      if (typeof body !== 'string') return body;
      const { id, reason } = identify(row, itemIdOf);
      const key = row['key'] ?? '';
      if (id === undefined) sink.unidentified(key, reason);
      else sink.add({ id, key, body });
      return body;
    },
  };
}

/** A plain pipeline in JavaScript may return anything. */
function identify(
  row: Row,
  itemIdOf: ItemIdOf,
): { readonly id: string | undefined; readonly reason: string } {
  try {
    const id: unknown = itemIdOf(row);
    if (typeof id === 'string' && id !== '') return { id, reason: '' };
    const returned = id === '' ? 'an empty id' : typeof id;
    return { id: undefined, reason: `itemIdOf returned ${returned}` };
  } catch (thrown) {
    return { id: undefined, reason: `itemIdOf: ${reasonOf(thrown)}` };
  }
}

/** Lets the sink follow the cursor. */
function watched(store: CursorStore, sink: RowSink): CursorStore {
  return {
    ...store,
    write: (cursor: BackfillCursor, expected) => {
      if (cursor.stage === 'pending') sink.reset();
      else sink.flush(cursor.counts);
      return store.write(cursor, expected);
    },
  };
}

/** Passes refused rows on to the sink, and nothing else of what is logged. */
function refusals(sink: RowSink): Log {
  return {
    ...silentLog,
    error: (_, { key, reason } = {}) => {
      if (typeof key === 'string') sink.refused(key, typeof reason === 'string' ? reason : '');
    },
  };
}
