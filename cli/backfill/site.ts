import type { BackfillCursor, CursorStore } from '../../lambdas/backfill/cursor.js';
import type { BackfillEvent } from '../../lambdas/backfill/collaborators.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import type { BackfillSettings } from '../../lambdas/backfill/settings.js';
import { parseInventory, type Inventory } from '../../lambdas/inventory/inventory.js';
import type { ObjectReader } from '../../lambdas/inventory/objects.js';
import type { QueryEngine } from '../../lambdas/inventory/engine.js';
import type { PipelineConfig } from '../../modules/config/config.js';

/** Where a backfill is kept and run: a deployment, or a folder of this machine. */
export interface BackfillSite {
  /** The pipeline's id. */
  readonly pipeline: string;
  readonly kind: 'aws' | 'local';
  /** What a command has to be called with to reach the same backfill. */
  readonly flags: string;
  readonly historic: HistoricHandler;
  readonly settings: BackfillSettings;
  /** The inventory of config.yaml, where it names one. */
  readonly configured: Inventory | undefined;
  readonly cursors: CursorStore;
  readonly objects: ObjectReader;
  /** For questions; the backfill's own queries are its function's. */
  readonly engine: QueryEngine;
  /** Has the historic function run. */
  invoke(action: BackfillEvent['action']): Promise<SiteAnswer>;
  /** False where what is unfinished goes on only when a person starts it. */
  isAtWork(cursor: BackfillCursor): boolean;
  close(): Promise<void>;
}

export interface SiteAnswer {
  /** One of BackfillOutcome's. */
  readonly outcome: string;
  /** A sentence for a person. */
  readonly message: string;
  /** What a person may want to do next, a sentence each. */
  readonly next?: readonly string[];
}

/** As a deployment puts them into the function's environment. */
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
  };
}

/** How to call another action of the same backfill. */
export function commandFor({ pipeline, flags }: BackfillSite, action: string): string {
  return `npm run backfill -- ${pipeline} ${action}${flags}`;
}
