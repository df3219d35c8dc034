import type { IResolvable } from 'cdktf';
import type { NumberKey, PipelineConfig } from '../config/fields.js';
import type { BACKFILL_FIELDS } from '../config/fields/backfill.js';
import type { NumberKeyOf } from '../config/fields/field.js';

/** Keys of config.yaml that constructs read: all numbers, and these. derived.ts reads the others. */
type Key =
  | NumberKey
  | FunctionKey
  | BackfillKey
  | 'ingestor_url'
  | 'secret_arn'
  | 'secret_kms_key_arn'
  | 'source_kms_key_arns'
  | 'stac_api_url';

type FunctionKey =
  'id' | 'memory_mb' | 'timeout_seconds' | 'log_retention_days' | 'permissions_boundary_arn';

type BackfillKey =
  | NumberKeyOf<typeof BACKFILL_FIELDS>
  | 'region'
  | 'inventory_location'
  | 'inventory_fields'
  | 'initial_chunk';

/**
 * The config of a pipeline as constructs take it: values of a config.yaml, or references to the variables of a
 * Terraform module. A reference to an optional variable may be null.
 */
export type PipelineSettings = Pick<PipelineConfig, Key> & Flags;

interface Flags {
  readonly requester_pays: boolean | IResolvable;
  readonly verify_ingestion: boolean | IResolvable;
  readonly inventory_format: string;
}

/** Settings of every function. */
export type FunctionSettings = Pick<PipelineSettings, FunctionKey>;

/** Settings of the historic function. */
export type BackfillSettings = Pick<
  PipelineSettings,
  FunctionKey | BackfillKey | 'requester_pays' | 'source_kms_key_arns' | 'inventory_format'
>;
