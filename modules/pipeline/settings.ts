import type { IResolvable } from 'cdktf';
import type { PipelineConfig } from '../config/config.js';

/** Keys of config.yaml that constructs look at themselves; the others are decided before (derived.ts). */
type Key =
  | FunctionKey
  | BackfillKey
  | 'ingestor_url'
  | 'secret_arn'
  | 'secret_kms_key_arn'
  | 'stac_api_url'
  | 'batch_size'
  | 'batch_window_seconds'
  | 'max_concurrency'
  | 'retry_delay_seconds'
  | 'verify_tries'
  | 'max_age_minutes';

type FunctionKey = 'id' | 'memory_mb' | 'timeout_seconds' | 'log_retention_days';

type BackfillKey =
  | 'region'
  | 'inventory_location'
  | 'inventory_fields'
  | 'historic_frequency'
  | 'initial_chunk'
  | 'max_queue_depth'
  | 'max_scan_gb';

/**
 * A pipeline's config as constructs take it: values of a config.yaml, or references to the variables of a module for
 * plain Terraform. What is optional and is given as a reference may be null.
 */
export type PipelineSettings = Pick<PipelineConfig, Key> & Flags;

interface Flags {
  readonly requester_pays: boolean | IResolvable;
  readonly verify_ingestion: boolean | IResolvable;
  readonly inventory_format: string;
}

/** What every function needs. */
export type FunctionSettings = Pick<PipelineSettings, FunctionKey>;

/** What the backfill's function needs. */
export type BackfillSettings = Pick<
  PipelineSettings,
  FunctionKey | BackfillKey | 'requester_pays' | 'inventory_format'
>;
