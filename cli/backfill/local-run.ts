import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackfillOutcome } from '../../lambdas/backfill/run.js';
import {
  addCounts,
  isUnfinished,
  type BackfillCursor,
  type CursorStore,
} from '../../lambdas/backfill/cursor.js';
import type { Clock } from '../../lambdas/runtime/clock.js';
import type { BackfillEvent } from '../../lambdas/backfill/collaborators.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { sourceOf, type BackfillSettings } from '../../lambdas/backfill/settings.js';
import { silentLog, type Log } from '../../lambdas/runtime/log.js';
import type { ObjectReader } from '../../lambdas/inventory/objects.js';
import { duckDbEngine } from '../../local/inventory/duckdb-engine.js';
import { runBackfill } from '../../local/inventory/run-backfill.js';
import { LOCAL_PACE } from '../../local/inventory/input.js';
import { messageLines } from '../../local/input/message-lines.js';
import { startProgress } from '../../local/run/progress.js';
import type { SiteAnswer } from './site.js';
import { freeOfOthers, localOwner } from './local-owner.js';

// Each page costs a write of the cursor's file.
const PAGE_BYTES = 256 * 1024;

export interface LocalBackfillRun {
  readonly pipeline: string;
  readonly historic: HistoricHandler;
  readonly settings: BackfillSettings;
  readonly cursors: CursorStore;
  readonly objects: ObjectReader;
  readonly clock: Clock;
  readonly action: BackfillEvent['action'];
  readonly folder: string;
  readonly chunks: number;
  readonly isStopped: () => boolean;
}

/** Sends as many chunks as are asked for to messages.ndjson; a run that was killed or stopped is taken up. */
export async function runLocalBackfill(run: LocalBackfillRun): Promise<SiteAnswer> {
  if (!(await freeOfOthers(run.cursors, run.clock.now()))) {
    return { outcome: 'busy', message: 'another process works on this backfill' };
  }
  const before = (await run.cursors.read())?.cursor;
  const path = join(run.folder, 'messages.ndjson');
  const messages = messageLines(path, { fresh: nothingSent(before, run.settings) });
  const engine = duckDbEngine({ folder: join(run.folder, 'query') });
  const progress = startProgress(process.stderr);
  const cursors = watched(run.cursors, (done) => {
    progress.update({ done, total: undefined, failed: 0 });
  });
  try {
    const { outcome, message } = await sendChunks({
      ...run,
      engine,
      cursors,
      queue: messages,
      log: stderrLog,
      ...LOCAL_PACE,
      pageBytes: PAGE_BYTES,
      owner: localOwner(),
    });
    const next = messages.isEmpty() ? [] : nextSteps(run.pipeline, path);
    return { outcome, message: stopped(outcome, message), next };
  } finally {
    progress.end();
    messages.close();
    await engine.close();
    await tidy(run);
  }
}

function nextSteps(pipeline: string, path: string): string[] {
  const command = `npm run local -- ${pipeline} --messages ${path}`;
  return [
    `Messages: ${path}`,
    `To make Items of them: ${command}, with --granules where the granules are on disk`,
  ];
}

type Chunks = Parameters<typeof runBackfill>[1] & Pick<LocalBackfillRun, 'historic' | 'chunks'>;

async function sendChunks({ historic, chunks, ...run }: Chunks): Promise<BackfillOutcome> {
  let outcome = await runBackfill(historic, run);
  for (let sent = 1; sent < chunks && outcome.outcome === 'chunk-done'; sent += 1) {
    if (run.isStopped?.()) break;
    outcome = await runBackfill(historic, run);
  }
  return outcome;
}

/** Then every message is to come, and what a killed run left would only be repeated. */
function nothingSent(cursor: BackfillCursor | undefined, settings: BackfillSettings): boolean {
  if (cursor?.source !== sourceOf(settings)) return true;
  return addCounts(cursor.totals, cursor.counts).sent === 0;
}

function watched(store: CursorStore, onRows: (rows: number) => void): CursorStore {
  return {
    ...store,
    write: (cursor, expected) => {
      onRows(addCounts(cursor.totals, cursor.counts).sent);
      return store.write(cursor, expected);
    },
  };
}

function stopped(outcome: string, message: string): string {
  return outcome === 'handed-over' ? 'stopped before its end; start goes on from there' : message;
}

/** A result may be as large as the inventory, and nobody reads it again. */
async function tidy({ cursors, folder }: LocalBackfillRun): Promise<void> {
  const stored = await cursors.read();
  if (stored !== undefined && isUnfinished(stored.cursor)) return;
  await rm(join(folder, 'query'), { recursive: true, force: true });
}

/** What else it says stands in the outcome or in the status. */
const stderrLog: Log = {
  ...silentLog,
  error: (message, fields = {}) => {
    process.stderr.write(`${message}: ${JSON.stringify(fields)}\n`);
  },
};
