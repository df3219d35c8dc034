import { join } from 'node:path';
import type { CursorStore } from '../../../lambdas/backfill/cursor.js';
import { systemClock } from '../../../lambdas/runtime/clock.js';
import { PARALLEL_BATCHES } from '../../../lambdas/backfill/collaborators.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import { silentLog } from '../../../lambdas/runtime/log.js';
import { DEFAULT_MAX_BYTES } from '../../../lambdas/queue/limits.js';
import type { MessageQueue } from '../../../lambdas/queue/queue.js';
import type { QueryEngine } from '../../../lambdas/inventory/engine.js';
import { freeOfOthers, localOwner } from '../../../cli/backfill/local-run.js';
import { deadLetterQueue } from '../../../local/inventory/dead-letters.js';
import { duckDbEngine } from '../../../local/inventory/duckdb-engine.js';
import { fileCursors } from '../../../local/inventory/file-cursors.js';
import { fileObjects } from '../../../local/inventory/file-objects.js';
import { runBackfill } from '../../../local/inventory/run-backfill.js';
import { localInventory } from '../../../local/inventory/local-inventory.js';
import {
  BACKFILL_SETTINGS_VARIABLE,
  type BackfillWorkerSettings,
  type FromBackfillWorker,
  type ToBackfillWorker,
} from './protocol.js';

// Entry of the process that is killed. It runs the deployed backfill with a queue in the parent process, so that messages
// accepted before a kill are not lost with it.
const handler = historicHandler({
  queryInventory: () => 'SELECT key FROM inventory',
  rowToMessageBody: ({ key }) => JSON.stringify({ key }),
  nextChunk: () => undefined,
});
await start(JSON.parse(process.env[BACKFILL_SETTINGS_VARIABLE] ?? '{}') as BackfillWorkerSettings);

async function start(settings: BackfillWorkerSettings): Promise<void> {
  // The queue is in the parent process.
  process.on('disconnect', () => process.exit());
  const { inventory, folder, pageBytes } = settings;
  const noLimits = {
    initialChunk: undefined,
    maxQueueDepth: undefined,
    maxScanGb: undefined,
    readArchived: false,
  };
  const cursors = toldCursors(fileCursors(join(folder, 'cursor.json'), 'bench'));
  // In AWS, the lease of a run that was killed ends before Lambda retries the event.
  await freeOfOthers(cursors, systemClock.now());
  const { outcome, message } = await runBackfill(handler, {
    settings: {
      pipelineId: 'bench',
      inventory: await localInventory(inventory),
      frequencyHours: 0,
      ...noLimits,
    },
    engine: toldEngine(duckDbEngine({ folder: join(folder, 'query') })),
    cursors,
    queue: parentQueue(),
    // No row is refused.
    deadLetters: deadLetterQueue(({ body }) => {
      throw new Error(`a row was refused: ${body}`);
    }),
    meter: silentMeter,
    objects: fileObjects,
    clock: systemClock,
    log: silentLog,
    pageBytes,
    parallelBatches: PARALLEL_BATCHES,
    owner: localOwner(),
  });
  process.send?.({ type: 'done', outcome, message }, () => {
    process.disconnect();
  });
}

function tell(message: FromBackfillWorker): void {
  process.send?.(message);
}

function toldEngine(engine: QueryEngine): QueryEngine {
  return {
    ...engine,
    start: (...args: Parameters<QueryEngine['start']>) => {
      tell({ type: 'querying' });
      return engine.start(...args);
    },
  };
}

function toldCursors(cursors: CursorStore): CursorStore {
  return {
    ...cursors,
    write: (...args: Parameters<CursorStore['write']>) => {
      tell({ type: 'saving' });
      return cursors.write(...args);
    },
  };
}

function parentQueue(): MessageQueue {
  const waiting = new Map<number, () => void>();
  let calls = 0;
  process.on('message', ({ id }: ToBackfillWorker) => {
    waiting.get(id)?.();
    waiting.delete(id);
  });
  return {
    maxBytes: () => Promise.resolve(DEFAULT_MAX_BYTES),
    depth: () => Promise.resolve(0),
    sendBatch: (messages) =>
      new Promise((resolve) => {
        const id = calls++;
        waiting.set(id, () => {
          resolve([]);
        });
        tell({ type: 'send', id, bodies: messages.map(({ body }) => body) });
      }),
  };
}
