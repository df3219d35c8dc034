import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lambdas/runtime/clock.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { duckDbEngine } from '../../local/inventory/duckdb-engine.js';
import { fileCursors } from '../../local/inventory/file-cursors.js';
import { fileObjects } from '../../local/inventory/file-objects.js';
import { localInventory } from '../../local/inventory/local-inventory.js';
import { configuredInventory, settingsFor, type BackfillTarget } from './target.js';
import { type PipelineFolder, UsageError } from '../shared/command.js';
import { localConfig } from '../shared/local-config.js';
import { useKeyVariables } from '../python/variables.js';
import { runLocalBackfill, isRunning } from './local-run.js';
import { handlerIn, parserIn, pipelineFile } from '../shared/pipeline-code.js';

export interface LocalBackfillOptions {
  /** A folder in the layout of S3 Inventory, or a listing file. */
  readonly inventory: string;
  /** Folder for the cursor, the messages and the query results. @default out/<pipeline>/backfill */
  readonly out: string | undefined;
  /** Number of chunks that one start sends, one after the other. */
  readonly chunks: number;
  readonly isStopped: () => boolean;
}

/** A backfill on this machine: DuckDB queries files, and the cursor and messages are kept in a folder. Throws InputError and UsageError. */
export async function localBackfill(
  { id, folder }: PipelineFolder,
  { inventory: path, out: givenOut, ...options }: LocalBackfillOptions,
): Promise<BackfillTarget> {
  const entry = pipelineFile({ id, folder }, 'historic.ts');
  if (!existsSync(entry)) {
    throw new UsageError(
      `${id} has no historic.ts, which turns the rows of an inventory into messages`,
    );
  }
  const out = givenOut ?? join('out', id, 'backfill');
  const flags = ` --local --inventory ${path}${givenOut === undefined ? '' : ` --out ${givenOut}`}`;
  const config = localConfig(folder);
  useKeyVariables(config);
  // Local messages go to a file and local queries are free.
  const none = { maxQueueDepth: undefined, maxScanGb: undefined };
  const settings = { ...settingsFor(config, await localInventory(path)), ...none };
  const historic = await handlerIn<HistoricHandler>(entry);
  const cursors = fileCursors(join(out, 'cursor.json'), id);
  const repostFolder = join(out, 'repost');
  const reposts = fileCursors(join(repostFolder, 'cursor.json'), id);
  const app = () => parserIn({ id, folder });
  const parts = { pipeline: id, historic, app, settings, cursors, objects: fileObjects };
  return {
    ...parts,
    ...scratchEngine(),
    kind: 'local',
    flags,
    configured: configuredInventory(config),
    invoke: (action) =>
      runLocalBackfill({ ...options, ...parts, action, folder: out, clock: systemClock }),
    reposts: {
      cursors: reposts,
      invoke: () =>
        runLocalBackfill({
          ...options,
          ...parts,
          cursors: reposts,
          action: 'repost',
          chunks: 1,
          folder: repostFolder,
          clock: systemClock,
        }),
    },
    isRunning: (cursor) => isRunning(cursor, systemClock.now()),
  };
}

/** An engine for the queries of this command, whose results are deleted at the end. */
function scratchEngine(): Pick<BackfillTarget, 'engine' | 'close'> {
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
