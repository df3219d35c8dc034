import { ConfigurationError } from '../runtime/errors.js';
import { numberEnv, optionalEnv, requiredEnv } from '../runtime/env.js';
import { archivedCondition } from '../inventory/archived.js';
import { parseInventory, type Inventory } from '../inventory/inventory.js';

export interface BackfillSettings {
  /** Id of the pipeline, for the commands that messages name. */
  readonly pipelineId: string;
  readonly inventory: Inventory;
  /** Hours between two chunks; 0 sends the whole inventory in one run. */
  readonly frequencyHours: number;
  /** Undefined if `frequencyHours` is 0. */
  readonly initialChunk: string | undefined;
  /** Sending pauses while more messages than this wait in the queue. Undefined means no limit. */
  readonly maxQueueDepth: number | undefined;
  /** Maximum number of gigabytes that one query may scan. Undefined means no limit. */
  readonly maxScanGb: number | undefined;
  /** Whether archived objects are sent, too, because they have been restored. */
  readonly readArchived: boolean;
}

export function settingsFromEnv(): BackfillSettings {
  return {
    pipelineId: requiredEnv('PIPELINE'),
    inventory: parseInventory({
      location: requiredEnv('INVENTORY_LOCATION'),
      format: optionalEnv('INVENTORY_FORMAT') ?? 'csv',
      fields: optionalEnv('INVENTORY_FIELDS') ?? 'key',
    }),
    frequencyHours: numberEnv('HISTORIC_FREQUENCY', 0),
    initialChunk: optionalEnv('INITIAL_CHUNK'),
    maxQueueDepth: optionalNumber('MAX_QUEUE_DEPTH'),
    maxScanGb: optionalNumber('MAX_SCAN_GB'),
    readArchived: optionalEnv('READ_ARCHIVED') === 'true',
  };
}

/** Returns a text that identifies what is backfilled. If it changes, the next run starts a new backfill. */
export function sourceOf({ inventory, frequencyHours }: BackfillSettings): string {
  const { location, format, pinnedDt } = inventory;
  const report = pinnedDt === undefined ? location : `${location}/hive/dt=${pinnedDt}`;
  return `${report} ${format} ${frequencyHours === 0 ? 'whole' : 'chunks'}`;
}

/** Returns the number of queries of a chunk: a second one counts the archived objects, if the inventory knows them. */
export function queriesOf({
  inventory,
  readArchived,
}: Pick<BackfillSettings, 'inventory' | 'readArchived'>): number {
  return readArchived || archivedCondition(inventory.columns) === undefined ? 1 : 2;
}

/** Returns the first chunk, or undefined for the whole inventory. Throws ConfigurationError if initial_chunk is missing. */
export function firstChunk({ frequencyHours, initialChunk }: BackfillSettings): string | undefined {
  if (frequencyHours === 0) return undefined;
  if (initialChunk !== undefined) return initialChunk;
  throw new ConfigurationError(
    `historic_frequency is ${frequencyHours}, which requires initial_chunk: add the chunk to start with to config.yaml`,
  );
}

function optionalNumber(name: string): number | undefined {
  const value = optionalEnv(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new ConfigurationError(
    `environment variable ${name} must be a number greater than 0 (given '${value}')`,
  );
}
