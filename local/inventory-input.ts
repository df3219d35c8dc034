import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { type CursorStore, pauseBackfill } from '../lambdas/chunk.js';
import { systemClock } from '../lambdas/clock.js';
import { memoryCursors } from '../lambdas/cursor-table.js';
import { PAGE_BYTES, type HistoricEvent } from '../lambdas/historic-collaborators.js';
import type { HistoricHandler } from '../lambdas/historic-handler.js';
import { findNewestDt, readManifest, schemaFields } from '../lambdas/inventory-report.js';
import { isListing, parseInventory, type Inventory } from '../lambdas/inventory.js';
import { silentLog } from '../lambdas/log.js';
import { DEFAULT_MAX_BYTES, type MessageQueue } from '../lambdas/queue.js';
import type { QueryEngine } from '../lambdas/query-engine.js';
import { duckDbEngine } from './duckdb-engine.js';
import { fileObjects } from './file-objects.js';
import { InputError } from './input-error.js';
import type { MessageInput, SendMessage } from './message-feed.js';

export interface InventoryInputOptions {
  readonly handler: HistoricHandler;
  /** A folder in the layout of S3 Inventory, or a listing file (.csv, .csv.gz, .txt). */
  readonly location: string;
  /** For the results of queries; removed by whoever owns it. */
  readonly workFolder: string;
}

const INVOCATION_MS = 900_000;
const NO_LIMITS = { initialChunk: undefined, maxQueueDepth: undefined, maxScanGb: undefined };

/** Throws InputError. The input: what the pipeline's own backfill sends, of the whole inventory at once, with DuckDB in the place of Athena. */
export async function inventoryInput(options: InventoryInputOptions): Promise<MessageInput> {
  const inventory = await readInventory(resolve(options.location));
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

/** Invokes the handler as a deployment would, and again for as long as it asks for that itself. */
async function backfill(
  handler: HistoricHandler,
  { inventory, engine, send }: Backfill,
): Promise<void> {
  const cursors = memoryCursors();
  const events: HistoricEvent[] = [{ action: 'run' }];
  const local = handler.with({
    ...{ engine, cursors, objects: fileObjects, clock: systemClock, log: silentLog },
    settings: { inventory, frequencyHours: 0, ...NO_LIMITS },
    queue: feedingQueue(send, cursors),
    invokeSelf: (event) => {
      events.push(event);
      return Promise.resolve();
    },
    ...{ pageBytes: PAGE_BYTES, parallelBatches: 1 },
  });
  const context = { awsRequestId: 'local', getRemainingTimeInMillis: () => INVOCATION_MS };
  for (let event = events.shift(); event; event = events.shift()) {
    const { outcome, message } = await local(event, context);
    if (outcome === 'failed' || outcome === 'empty') throw new InputError(message);
  }
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

/** As its own manifest describes it, whatever config.yaml says of the one in AWS. */
async function readInventory(location: string): Promise<Inventory> {
  await stat(location).catch((cause: unknown) => {
    throw new InputError(`--inventory '${location}' does not exist`, { cause });
  });
  if (isListing(location)) return parseInventory({ location, format: '', fields: 'key' });
  const { location: folder, pinnedDt } = parseInventory({ location, format: 'csv', fields: 'key' });
  const dt = pinnedDt ?? (await findNewestDt(folder, fileObjects));
  const { fileFormat, fileSchema } = await readManifest(folder, dt, fileObjects);
  const fields = schemaFields(fileSchema).join(',');
  return parseInventory({ location: `${folder}/hive/dt=${dt}`, format: fileFormat, fields });
}
