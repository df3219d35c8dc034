import { join } from 'node:path';

import { type CursorStore, pauseBackfill } from '../../lambdas/backfill/cursor.js';
import { archivedHint, countsText } from '../../lambdas/backfill/run.js';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { memoryCursors } from '../../lambdas/backfill/cursor-table.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { silentMeter } from '../../lambdas/runtime/metrics.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import type { MessageQueue } from '../../lambdas/queue/queue.js';
import type { QueryEngine } from '../../lambdas/inventory/engine.js';
import { duckDbEngine } from './duckdb-engine.js';
import { fileObjects } from './file-objects.js';
import { refusedOutcome, runBackfill } from './run-backfill.js';
import { InputError } from '../input/input-error.js';
import { localInventory } from './local-inventory.js';
import { deadLetterQueue } from './dead-letters.js';
import type { InputReport, MessageInput, SendMessage } from '../input/message-feed.js';
import { unlimitedQueue } from '../input/unlimited-queue.js';

export interface InventoryInputOptions {
  readonly pipelineId: string;
  readonly handler: HistoricHandler;
  /** Path of a folder in the layout of S3 Inventory, or of a listing (.csv, .csv.gz, .txt, .txt.gz). */
  readonly location: string;
  /** What errors call the inventory; `--inventory '<location>'` by default. */
  readonly name?: string | undefined;
  /** What is wrong if no row is selected. @default that queryInventory selects none */
  readonly noRow?: string | undefined;
  /** Whether archived objects are sent, too. @default false */
  readonly readArchived?: boolean;
  /** Folder for the results of queries. The caller removes it. */
  readonly workFolder: string;
}

/**
 * Page size and concurrency for a queue in the same process. A page of 128 KiB survives two minor garbage collections
 * and so fills the old generation: for a million keys that took 70 MB more memory and 25 % more CPU time.
 */
export const LOCAL_PACE = { pageBytes: 32 * 1024, parallelBatches: 4 } as const;

const NO_ROW =
  'has no row that queryInventory selects (called with an undefined chunk, for the whole inventory)';
const NO_LIMITS = { initialChunk: undefined, maxQueueDepth: undefined, maxScanGb: undefined };

/**
 * Returns the messages that the pipeline's backfill sends for the whole inventory, with DuckDB in place of Athena.
 * Throws InputError if the inventory does not exist; the input throws it if the query selects no row.
 */
export async function inventoryInput(options: InventoryInputOptions): Promise<MessageInput> {
  const inventory = await localInventory(options.location);
  return async (send, report) => {
    const name = `query-${process.pid}-${Date.now()}`;
    const engine = duckDbEngine({ folder: join(options.workFolder, name) });
    try {
      await backfill(options, { inventory, engine, send, report });
    } finally {
      await engine.close();
    }
  };
}

interface Backfill {
  readonly inventory: Inventory;
  readonly engine: QueryEngine;
  readonly send: SendMessage;
  readonly report: InputReport;
}

async function backfill(
  options: InventoryInputOptions,
  { inventory, engine, send, report }: Backfill,
): Promise<void> {
  const { handler, location, pipelineId, readArchived = false } = options;
  const { name = `--inventory '${location}'` } = options;
  const cursors = memoryCursors();
  const { outcome, message, counts } = await runBackfill(handler, {
    engine,
    cursors,
    objects: fileObjects,
    clock: systemClock,
    log: silentLog,
    settings: { pipelineId, inventory, frequencyHours: 0, readArchived, ...NO_LIMITS },
    queue: feedingQueue(send, cursors),
    deadLetters: deadLetterQueue(report.refuse),
    meter: silentMeter,
    ...LOCAL_PACE,
  }).catch((error: unknown) => refusedOutcome(error, cursors));
  const { rows = 0, sent = 0, archived = 0 } = counts ?? {};
  if (counts !== undefined && (sent < rows || archived > 0)) {
    report.note(`inventory: ${countsText(counts)}`);
  }
  // The messages that were sent become Items.
  if (outcome === 'failed' && counts !== undefined && counts.sent > 0) report.fail(message);
  else if (outcome === 'failed' || outcome === 'waiting') throw new InputError(message);
  if (outcome === 'empty') {
    const what =
      counts === undefined || rows === 0
        ? `${options.noRow ?? NO_ROW}${archivedHint(archived)}`
        : `has no row that rowToMessageBody accepts: ${countsText(counts)}`;
    throw new InputError(`${name} ${what}`);
  }
}

function feedingQueue(send: SendMessage, cursors: CursorStore): MessageQueue {
  return unlimitedQueue(async (messages) => {
    for (const message of messages) {
      if (await send(message)) continue;
      await pauseBackfill(cursors);
      break;
    }
    return [];
  });
}
