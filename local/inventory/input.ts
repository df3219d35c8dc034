import { join } from 'node:path';

import { type CursorStore, pauseBackfill } from '../../lambdas/backfill/cursor.js';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { memoryCursors } from '../../lambdas/backfill/cursor-table.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import { DEFAULT_MAX_BYTES, type MessageQueue } from '../../lambdas/queue/queue.js';
import type { QueryEngine } from '../../lambdas/inventory/engine.js';
import { duckDbEngine } from './duckdb-engine.js';
import { fileObjects } from './file-objects.js';
import { runHistoric } from './historic-run.js';
import { InputError } from '../input/input-error.js';
import { localInventory } from './local-inventory.js';
import type { MessageInput, SendMessage } from '../input/message-feed.js';

export interface InventoryInputOptions {
  readonly handler: HistoricHandler;
  /** A folder in the layout of S3 Inventory, or a listing file (.csv, .csv.gz, .txt). */
  readonly location: string;
  /** For the results of queries; removed by whoever owns it. */
  readonly workFolder: string;
}

/**
 * Of a queue in this process. A page of 128 KiB outlives two collections of young objects and so fills the old ones:
 * that took 70 MB and a quarter of the processor's time more for a million keys.
 */
export const LOCAL_PACE = { pageBytes: 32 * 1024, parallelBatches: 4 } as const;

const NO_LIMITS = { initialChunk: undefined, maxQueueDepth: undefined, maxScanGb: undefined };

/** Throws InputError. The input: what the pipeline's own backfill sends, of the whole inventory at once, with DuckDB in the place of Athena. */
export async function inventoryInput(options: InventoryInputOptions): Promise<MessageInput> {
  const inventory = await localInventory(options.location);
  return async (send) => {
    const name = `query-${process.pid}-${Date.now()}`;
    const engine = duckDbEngine({ folder: join(options.workFolder, name) });
    try {
      await backfill(options.handler, { inventory, engine, send });
    } finally {
      await engine.close();
    }
  };
}

interface Backfill {
  readonly inventory: Inventory;
  readonly engine: QueryEngine;
  readonly send: SendMessage;
}

async function backfill(
  handler: HistoricHandler,
  { inventory, engine, send }: Backfill,
): Promise<void> {
  const cursors = memoryCursors();
  const { outcome, message } = await runHistoric(handler, {
    engine,
    cursors,
    objects: fileObjects,
    clock: systemClock,
    log: silentLog,
    settings: { inventory, frequencyHours: 0, ...NO_LIMITS },
    queue: feedingQueue(send, cursors),
    ...LOCAL_PACE,
  });
  if (outcome === 'failed' || outcome === 'empty') throw new InputError(message);
}

function feedingQueue(send: SendMessage, cursors: CursorStore): MessageQueue {
  return {
    maxBytes: () => Promise.resolve(DEFAULT_MAX_BYTES),
    depth: () => Promise.resolve(0),
    sendBatch: async (bodies) => {
      for (const body of bodies) {
        if (await send(body)) continue;
        await pauseBackfill(cursors);
        break;
      }
      return [];
    },
  };
}
