import { ConfigurationError } from '../runtime/errors.js';
import { numberEnv, optionalEnv, requiredEnv } from '../runtime/env.js';
import { parseInventory, type Inventory } from '../inventory/inventory.js';

export interface HistoricSettings {
  readonly inventory: Inventory;
  /** Hours from one chunk to the next; 0: the whole inventory at once. */
  readonly frequencyHours: number;
  /** Undefined for frequency 0. */
  readonly initialChunk: string | undefined;
  /** Nothing is sent while more messages than this wait. */
  readonly maxQueueDepth: number | undefined;
  readonly maxScanGb: number | undefined;
}

export function settingsFromEnv(): HistoricSettings {
  return {
    inventory: parseInventory({
      location: requiredEnv('INVENTORY_LOCATION'),
      format: optionalEnv('INVENTORY_FORMAT') ?? 'csv',
      fields: optionalEnv('INVENTORY_FIELDS') ?? 'key',
    }),
    frequencyHours: numberEnv('HISTORIC_FREQUENCY', 0),
    initialChunk: optionalEnv('INITIAL_CHUNK'),
    maxQueueDepth: optionalNumber('MAX_QUEUE_DEPTH'),
    maxScanGb: optionalNumber('MAX_SCAN_GB'),
  };
}

/** What a backfill is about: when this text changes, it begins anew. */
export function sourceOf({ inventory, frequencyHours }: HistoricSettings): string {
  const { location, format, pinnedDt } = inventory;
  const report = pinnedDt === undefined ? location : `${location}/hive/dt=${pinnedDt}`;
  return `${report} ${format} ${frequencyHours === 0 ? 'whole' : 'chunks'}`;
}

/** Undefined means the whole inventory. */
export function firstChunk({ frequencyHours, initialChunk }: HistoricSettings): string | undefined {
  if (frequencyHours === 0) return undefined;
  if (initialChunk !== undefined) return initialChunk;
  throw new ConfigurationError(
    `historic_frequency ${frequencyHours} needs an initial_chunk in config.yaml: the chunk to begin with`,
  );
}

function optionalNumber(name: string): number | undefined {
  const value = optionalEnv(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new ConfigurationError(
    `environment variable ${name} is not a number above 0 (given '${value}')`,
  );
}
