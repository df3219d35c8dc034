import type { BackfillEvent } from '../../lambdas/backfill/collaborators.js';
import type { BackfillCursor, CursorStore } from '../../lambdas/backfill/cursor.js';
import type { BackfillSettings } from '../../lambdas/backfill/settings.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import type { QueryEngine } from '../../lambdas/inventory/engine.js';
import { parseInventory, type Inventory } from '../../lambdas/inventory/inventory.js';
import type { ObjectReader } from '../../lambdas/inventory/objects.js';
import type { MessageParser } from '../../local/input/round-trip.js';
import type { PipelineConfig } from '../../modules/config/config.js';
import { parseInitialChunk } from '../../modules/config/values/initial-chunk.js';
import { UsageError } from '../shared/command.js';

/** A backfill to act on: one of a deployed pipeline, or one in a folder on this machine. */
export interface BackfillTarget {
  /** The pipeline's id. */
  readonly pipeline: string;
  readonly kind: 'aws' | 'local';
  /** Options, with a leading space, that lead a command to the same backfill. */
  readonly flags: string;
  readonly historic: HistoricHandler;
  /** Loads the pipeline's app.ts, which few actions need. */
  readonly app: () => Promise<MessageParser>;
  readonly settings: BackfillSettings;
  /** The inventory in config.yaml, if it names one. */
  readonly configured: Inventory | undefined;
  readonly cursors: CursorStore;
  /** The repost beside the backfill: its cursor, and what starts or continues it. */
  readonly reposts: {
    readonly cursors: CursorStore;
    invoke(): Promise<InvokeResult>;
  };
  /** Whether `cursors` and `invoke` are those of the repost. */
  readonly isRepost?: true;
  readonly objects: ObjectReader;
  /** Runs the queries of this command. The queries of the backfill are run by its function. */
  readonly engine: QueryEngine;
  /** Runs the historic function; with `chunks`, as many chunks then follow each other. Throws PipelineError. */
  invoke(action: 'run' | 'continue', chunks?: BackfillEvent['chunks']): Promise<InvokeResult>;
  /** Whether an unfinished backfill continues without anyone starting it. */
  isRunning(cursor: BackfillCursor): boolean;
  close(): Promise<void>;
}

export interface InvokeResult {
  /** An outcome of BackfillOutcome. */
  readonly outcome: string;
  /** The outcome in one sentence. */
  readonly message: string;
  /** Number of rows refused so far, if it is known. */
  readonly refused?: number;
  /** What to do next, one sentence each. */
  readonly next?: readonly string[];
  /** What is wrong with the messages that were sent; undefined if nothing is known to be. */
  readonly fault?: string | undefined;
}

/** The inventory as the function of a deployment reads it from its environment; undefined if there is none. */
export function configuredInventory(config: PipelineConfig): Inventory | undefined {
  const { inventory_location: location, inventory_format: format, inventory_fields } = config;
  if (location === undefined) return undefined;
  return parseInventory({ location, format, fields: inventory_fields.join() });
}

export function settingsFor(config: PipelineConfig, inventory: Inventory): BackfillSettings {
  return {
    pipelineId: config.id,
    inventory,
    frequencyHours: config.historic_frequency ?? 0,
    initialChunk: config.initial_chunk,
    maxQueueDepth: config.max_queue_depth,
    maxScanGb: config.max_scan_gb,
    readArchived: config.read_archived,
  };
}

/** The command for another action on the same backfill. */
export function commandFor({ pipeline, flags }: BackfillTarget, action: string): string {
  return `npm run backfill -- ${pipeline} ${action}${flags}`;
}

/** Parses --chunk, or another option that names a chunk; undefined if it is not given. Throws UsageError. */
export function chosenChunk(
  given: string | undefined,
  target: BackfillTarget,
  option = '--chunk',
): string | undefined {
  if (given === undefined) return undefined;
  if (target.settings.frequencyHours > 0) return parseChunk(given, option);
  throw noChunks(target, option);
}

/** The error for an option about chunks, of a pipeline without chunks. */
export function noChunks({ pipeline }: BackfillTarget, option: string): UsageError {
  return new UsageError(
    `${pipeline} has no chunks, because its historic_frequency is 0 and the whole inventory is read at once: omit ${option}`,
  );
}

function parseChunk(given: string, option: string): string {
  try {
    return parseInitialChunk(given);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new UsageError(`${option} ${why} (given ${JSON.stringify(given)})`, { cause });
  }
}
