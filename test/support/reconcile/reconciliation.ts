import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackfillTarget } from '../../../cli/backfill/target.js';
import type { Reconciliation } from '../../../cli/reconcile/reconciliation.js';
import { Workspace } from '../../../cli/reconcile/state.js';
import { memoryCursors } from '../../../lambdas/backfill/cursor-table.js';
import type { HistoricPipeline } from '../../../lambdas/backfill/historic-pipeline.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import type { Inventory } from '../../../lambdas/inventory/inventory.js';
import { sendHttp } from '../../../lambdas/runtime/http.js';
import { duckDbEngine, type DuckDbEngine } from '../../../local/inventory/duckdb-engine.js';
import { fileObjects } from '../../../local/inventory/file-objects.js';
import { localInventory } from '../../../local/inventory/local-inventory.js';

/** A pipeline whose granules are the keys `<day>/<id>.json`, and `<day>/<id>_<version>.json`. */
export const WAVES: HistoricPipeline = {
  queryInventory: ({ chunk = '' }) => `SELECT key FROM inventory WHERE key LIKE '${chunk}%.json'`,
  rowToMessageBody: ({ key = '' }) => (key.includes('/') ? JSON.stringify({ key }) : undefined),
  nextChunk: (chunk) =>
    chunk === '2024-05-03' ? undefined : `2024-05-0${Number(chunk.at(-1)) + 1}`,
  itemIdOf: ({ key = '' }) => /\/([^_]+)(?:_\d+)?\.json$/.exec(key)?.[1],
  itemsOfChunk: (day) => ({
    from: `${day}T00:00:00Z`,
    to: `${day}T23:59:59Z`,
    includes: (id) => !id.startsWith('late'),
  }),
};

export interface TestReconciliation {
  /** Empty folder for everything. */
  readonly folder: string;
  readonly api: string;
  /** Lines of the listing. @default the inventory that is there */
  readonly keys?: readonly string[];
  /** Path of an inventory. @default a listing of the keys */
  readonly inventory?: string;
  readonly pipeline?: HistoricPipeline;
  readonly chunks?: readonly (string | undefined)[];
  readonly maxQueueDepth?: number;
  readonly isStopped?: () => boolean;
}

/** A comparison of a listing on disk with an API, and the engine to close. */
export async function testReconciliation(
  given: TestReconciliation,
): Promise<{ readonly run: Reconciliation; readonly engine: DuckDbEngine }> {
  const { folder, keys, chunks = [undefined], isStopped = () => false } = given;
  mkdirSync(folder, { recursive: true });
  const listing = given.inventory ?? join(folder, 'keys.txt');
  if (keys !== undefined) writeFileSync(listing, `${keys.join('\n')}\n`);
  const engine = duckDbEngine({ folder: join(folder, 'query') });
  const run: Reconciliation = {
    target: targetOf(given, { engine, inventory: await localInventory(listing) }),
    collection: 'waves',
    api: given.api,
    pageSize: undefined,
    chunks,
    workspace: new Workspace(join(folder, 'out')),
    isStopped,
    show: () => undefined,
    send: sendHttp,
    clock: { now: Date.now, sleep: () => Promise.resolve() },
  };
  return { run, engine };
}

interface Parts {
  readonly engine: DuckDbEngine;
  readonly inventory: Inventory;
}

function targetOf(
  { pipeline = WAVES, maxQueueDepth }: TestReconciliation,
  { engine, inventory }: Parts,
): BackfillTarget {
  const unused = (): never => {
    throw new Error('not a part of a comparison');
  };
  return {
    pipeline: 'waves',
    kind: 'aws',
    flags: '',
    historic: historicHandler(pipeline),
    app: unused,
    settings: {
      pipelineId: 'waves',
      inventory,
      frequencyHours: 1,
      initialChunk: '2024-05-01',
      maxQueueDepth,
      maxScanGb: undefined,
      readArchived: false,
    },
    configured: inventory,
    cursors: memoryCursors(),
    reposts: { cursors: memoryCursors(), invoke: unused },
    objects: fileObjects,
    engine,
    invoke: unused,
    isRunning: () => false,
    close: () => engine.close(),
  };
}
