import { parseArn } from './values/arn.js';
import type { WrittenConfig } from './rules.js';
import { DEFAULT_INVENTORY_FIELDS } from './values/inventory-fields.js';
import { parseInventoryLocation } from './values/inventory-location.js';

export const CONFIG_DEFAULTS = {
  source: [] as readonly string[],
  requester_pays: false,
  sns_filter_policy_scope: 'MessageBody',
  inventory_format: 'csv',
  // Bounds what a query over a huge inventory costs: 100 GB are half a dollar at Athena's list price.
  max_scan_gb: 100,
  timeout_seconds: 60,
  memory_mb: 512,
  // Without a limit a backfill takes the account's whole concurrency, and the ingestor with it.
  max_concurrency: 10,
  batch_size: 10,
  batch_window_seconds: 0,
  retry_delay_seconds: 30,
  verify_ingestion: false,
  verify_tries: 3,
  // A day: a backfill fills the queue, and that is no reason to wake anyone.
  max_age_minutes: 1440,
  log_retention_days: 30,
  tags: {} as Readonly<Record<string, string>>,
} as const;

/** Everything that a config left out, from constants or from what it says elsewhere. */
export function withDefaults(config: WrittenConfig) {
  return {
    ...CONFIG_DEFAULTS,
    region: parseArn(config.secret_arn).region,
    inventory_fields: defaultInventoryFields(config.inventory_location),
    ...config,
  };
}

function defaultInventoryFields(location: string | undefined): readonly string[] {
  const listing = location !== undefined && parseInventoryLocation(location).kind === 'listing';
  return listing ? ['key'] : DEFAULT_INVENTORY_FIELDS;
}
