import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { pauseBackfill } from '../lambdas/chunk.js';
import { systemClock } from '../lambdas/clock.js';
import { memoryCursors } from '../lambdas/cursor-table.js';
import { PAGE_BYTES, type HistoricEvent } from '../lambdas/historic-collaborators.js';
import type { HistoricHandler } from '../lambdas/historic-handler.js';
import { findNewestDt, readManifest, schemaFields } from '../lambdas/inventory-report.js';
import { isListing, parseInventory, type Inventory } from '../lambdas/inventory.js';
import { silentLog } from '../lambdas/log.js';
import { DEFAULT_MAX_BYTES, type MessageQueue } from '../lambdas/queue.js';
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

/** Throws InputError. The input: what the pipeline's own backfill sends, of the whole inventory at once, with DuckDB in the place of Athena. */
export async function inventoryInput({
  handler,
  location,
  workFolder,
}: InventoryInputOptions): Promise<MessageInput> {
  const inventory = await readInventory(resolve(location));
  return async (send) => {
    const engine = duckDbEngine({ folder: join(workFolder, `query-${process.pid}-${Date.now()}`) });
    const cursors = memoryCursors();
    const enough = async (): Promise<void> => {
      await pauseBackfill(cursors);
    };
    const events: HistoricEvent[] = [{ action: 'run' }];
    const local = handler.with({
      ...{ engine, cursors, objects: fileObjects, clock: systemClock, log: silentLog },
      settings: {
        ...{ inventory, frequencyHours: 0, initialChunk: undefined },
        ...{ maxQueueDepth: undefined, maxScanGb: undefined },
      },
      queue: feedingQueue(send, enough),
      invokeSelf: (event) => {
        events.push(event);
        return Promise.resolve();
      },
      pageBytes: PAGE_BYTES,
      parallelBatches: 1,
    });
    const context = { awsRequestId: 'local', getRemainingTimeInMillis: () => INVOCATION_MS };
    try {
      for (let event = events.shift(); event; event = events.shift()) {
        const { outcome, message } = await local(event, context);
        if (outcome === 'failed' || outcome === 'empty') throw new InputError(message);
      }
    } finally {
      await engine.close();
    }
  };
}

function feedingQueue(send: SendMessage, enough: () => Promise<void>): MessageQueue {
  return {
    maxBytes: () => Promise.resolve(DEFAULT_MAX_BYTES),
    depth: () => Promise.resolve(0),
    sendBatch: async (bodies) => {
      for (const body of bodies) {
        if (await send(body)) continue;
        await enough();
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
