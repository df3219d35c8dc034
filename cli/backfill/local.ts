import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lambdas/runtime/clock.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { duckDbEngine } from '../../local/inventory/duckdb-engine.js';
import { fileCursors } from '../../local/inventory/file-cursors.js';
import { fileObjects } from '../../local/inventory/file-objects.js';
import { localInventory } from '../../local/inventory/local-inventory.js';
import { readPipelineConfig } from '../../modules/config/config.js';
import { configuredInventory, settingsFor, type BackfillSite } from './site.js';
import type { PipelineFolder } from '../shared/command.js';
import { runLocalBackfill } from './local-run.js';
import { isAtWork } from './local-owner.js';
import { handlerIn } from '../shared/pipeline-code.js';
import { UsageError } from '../shared/usage-error.js';

export interface LocalBackfillOptions {
  /** A folder in the layout of S3 Inventory, or a listing file. */
  readonly inventory: string;
  /** Holds the cursor, the messages and the results of queries. @default out/<pipeline>/backfill */
  readonly out: string | undefined;
  /** Sent one after the other by one start. */
  readonly chunks: number;
  readonly isStopped: () => boolean;
}

/** A backfill on this machine: DuckDB over files, a cursor and the messages in a folder. Throws InputError, UsageError. */
export async function localBackfill(
  { id, folder }: PipelineFolder,
  { inventory: path, out: givenOut, ...options }: LocalBackfillOptions,
): Promise<BackfillSite> {
  const entry = join(folder, 'historic.ts');
  if (!existsSync(entry)) {
    throw new UsageError(`${id} has no historic.ts, so there is no message for an inventory's row`);
  }
  const out = givenOut ?? join('out', id, 'backfill');
  const flags = ` --local --inventory ${path}${givenOut === undefined ? '' : ` --out ${givenOut}`}`;
  const config = readPipelineConfig(folder);
  // No queue that could fill, and no scan that costs anything.
  const none = { maxQueueDepth: undefined, maxScanGb: undefined };
  const settings = { ...settingsFor(config, await localInventory(path)), ...none };
  const historic = await handlerIn<HistoricHandler>(entry);
  const cursors = fileCursors(join(out, 'cursor.json'), id);
  const parts = { pipeline: id, historic, settings, cursors, objects: fileObjects };
  return {
    ...parts,
    ...scratchEngine(),
    kind: 'local',
    flags,
    configured: configuredInventory(config),
    invoke: (action) =>
      runLocalBackfill({ ...options, ...parts, action, folder: out, clock: systemClock }),
    isAtWork: (cursor) => isAtWork(cursor, systemClock.now()),
  };
}

/** For questions, whose results nobody needs afterwards. */
function scratchEngine(): Pick<BackfillSite, 'engine' | 'close'> {
  const folder = mkdtempSync(join(tmpdir(), 'backfill-'));
  const engine = duckDbEngine({ folder });
  return {
    engine,
    close: async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
