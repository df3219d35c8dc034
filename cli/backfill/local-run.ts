import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isUnfinished,
  type BackfillCursor,
  type CursorStore,
} from '../../lambdas/backfill/cursor.js';
import type { Clock } from '../../lambdas/runtime/clock.js';
import type { BackfillEvent } from '../../lambdas/backfill/collaborators.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import type { BackfillSettings } from '../../lambdas/backfill/settings.js';
import { silentMeter } from '../../lambdas/runtime/metrics.js';
import { silentLog, type Log } from '../../lambdas/runtime/log.js';
import type { ObjectReader } from '../../lambdas/inventory/objects.js';
import { duckDbEngine } from '../../local/inventory/duckdb-engine.js';
import { deadLetterLines } from '../../local/inventory/dead-letters.js';
import { LOCAL_PACE } from '../../local/inventory/input.js';
import {
  countingRoundTrips,
  noRoundTrips,
  roundTripText,
  type MessageParser,
} from '../../local/input/round-trip.js';
import { messageLines } from '../../local/input/message-file.js';
import { stackPrinter, startProgress } from '../../local/run/progress.js';
import { chunkProgress } from './chunk-progress.js';
import { nothingRefused, nothingSent, sendChunks } from './local-chunks.js';
import { isDebug } from '../shared/command.js';
import type { InvokeResult } from './target.js';
import { errorCode } from '../../lambdas/runtime/error-codes.js';

// Each page writes the cursor's file once.
const PAGE_BYTES = 256 * 1024;

export interface LocalBackfillRun {
  readonly pipeline: string;
  readonly historic: HistoricHandler;
  readonly app: () => Promise<MessageParser>;
  readonly settings: BackfillSettings;
  readonly cursors: CursorStore;
  readonly objects: ObjectReader;
  readonly clock: Clock;
  readonly action: BackfillEvent['action'];
  readonly folder: string;
  readonly chunks: number;
  readonly isStopped: () => boolean;
}

/** Writes the messages of up to `chunks` chunks to messages.ndjson, and continues a run that was killed or stopped. Throws PipelineError. */
export async function runLocalBackfill(run: LocalBackfillRun): Promise<InvokeResult> {
  if (!(await freeOfOthers(run.cursors, run.clock.now()))) {
    return { outcome: 'busy', message: 'another process is working on this backfill' };
  }
  const before = (await run.cursors.read())?.cursor;
  const path = join(run.folder, 'messages.ndjson');
  const messages = messageLines(path, { fresh: nothingSent(before, run.settings) });
  const trips = noRoundTrips();
  const queue = countingRoundTrips(messages, await run.app(), trips);
  const letters = join(run.folder, 'dead-letters.ndjson');
  const deadLetters = deadLetterLines(letters, { fresh: nothingRefused(before, run.settings) });
  const engine = duckDbEngine({ folder: join(run.folder, 'query') });
  const progress = watchedProgress(run);
  try {
    const { outcome, message, refused } = await sendChunks({
      ...run,
      engine,
      cursors: progress.cursors,
      reposts: run.action === 'repost' ? progress.cursors : undefined,
      queue,
      deadLetters,
      meter: silentMeter,
      log: stderrLog,
      ...LOCAL_PACE,
      pageBytes: PAGE_BYTES,
      owner: localOwner(),
    });
    const next = messages.isEmpty() ? [] : nextSteps(run.pipeline, path);
    const lost = refused === 0 ? [] : [`Refused rows: ${letters}`];
    return {
      outcome,
      message,
      refused,
      next: [...lost, ...next],
      fault: roundTripText(trips),
    };
  } finally {
    progress.end();
    messages.close();
    deadLetters.close();
    await engine.close();
    await tidy(run);
  }
}

function nextSteps(pipeline: string, path: string): string[] {
  const command = `npm run local -- ${pipeline} --messages ${path}`;
  return [
    `Messages: ${path}`,
    `To create Items from them: ${command} (add --granules if the granules are on disk)`,
  ];
}

const REFRESH_MS = 100;

/** Shows the progress with every cursor that is written, and in between, because a query may take long. */
function watchedProgress({ cursors, historic, chunks }: LocalBackfillRun) {
  const { pipeline } = historic;
  let lineOf: ReturnType<typeof chunkProgress> | undefined;
  let last: BackfillCursor | undefined;
  const progress = startProgress<BackfillCursor>({
    terminal: process.stderr,
    lineOf: (cursor, seconds) => lineOf?.(cursor, seconds) ?? { text: '' },
  });
  const refresh = (): void => {
    if (last !== undefined) progress.update(last);
  };
  const timer = setInterval(refresh, REFRESH_MS);
  const watched: CursorStore = {
    ...cursors,
    write: (cursor, expected) => {
      lineOf ??= chunkProgress({ pipeline, chunks, first: cursor });
      last = cursor;
      refresh();
      return cursors.write(cursor, expected);
    },
  };
  return {
    cursors: watched,
    end: (): void => {
      clearInterval(timer);
      progress.end();
    },
  };
}

/** Deletes the query results of a finished chunk, which may be as large as the inventory. */
async function tidy({ cursors, folder }: LocalBackfillRun): Promise<void> {
  const stored = await cursors.read();
  if (stored !== undefined && isUnfinished(stored.cursor)) return;
  await rm(join(folder, 'query'), { recursive: true, force: true });
}

const printStack = stackPrinter(process.stderr);

/** Logs only errors; all other information is part of the outcome or the status. DEBUG=1 adds the stacks. */
const stderrLog: Log = {
  ...silentLog,
  error: (message, { stack, ...fields } = {}) => {
    process.stderr.write(`${message}: ${JSON.stringify(fields)}\n`);
    if (isDebug(process.env) && typeof stack === 'string') printStack(stack);
  },
};

// Each invocation adds an id of its own.
const OWNER = /^local-(\d+)(?:\/|$)/;

/** Request id of a local backfill, with which its leases begin. Its process id shows whether the owner is still running. */
export function localOwner(): string {
  return `local-${process.pid}`;
}

/** Releases the lease of a process that was killed. Returns false if another process is working on the backfill. */
export async function freeOfOthers(store: CursorStore, now: number): Promise<boolean> {
  const stored = await store.read();
  if (stored?.cursor.lease === undefined) return true;
  if (isRunning(stored.cursor, now)) return false;
  return store.write({ ...stored.cursor, lease: undefined }, stored.version);
}

/** Whether a running process holds the lease. */
export function isRunning({ lease }: BackfillCursor, now: number): boolean {
  return lease !== undefined && lease.until > now && isAlive(lease.owner);
}

function isAlive(owner: string): boolean {
  const id = OWNER.exec(owner)?.[1];
  if (id === undefined) return false;
  try {
    // Signal 0 only checks that the process exists.
    process.kill(Number(id), 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
