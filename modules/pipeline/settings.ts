import type { IResolvable } from 'cdktf';
import type { NumberKey, PipelineConfig } from '../config/fields.js';
import type { BACKFILL_FIELDS } from '../config/fields/backfill.js';
import type { NumberKeyOf } from '../config/fields/field.js';
import type { PYTHON_FIELDS } from '../config/fields/python.js';

/** Keys of config.yaml that constructs read: the numbers, and these. derived.ts reads the others. */
type Key =
  | NumberKey
  | FunctionKey
  | BackfillKey
  | 'ingestor_url'
  | 'secret_arn'
  | 'secret_kms_key_arn'
  | 'source_kms_key_arns'
  | 'stac_api_url'
  | 'code_version';

type FunctionKey =
  'id' | 'memory_mb' | 'timeout_seconds' | 'log_retention_days' | 'permissions_boundary_arn';

type BackfillKey =
  | NumberKeyOf<typeof BACKFILL_FIELDS>
  | 'region'
  | 'inventory_location'
  | 'inventory_fields'
  | 'initial_chunk'
  | 'granule_pattern';

/**
 * The config of a pipeline as constructs take it: values of a config.yaml, or references to the variables of a
 * Terraform module. A reference to an optional variable may be null.
 */
export type PipelineSettings = Pick<PipelineConfig, Key> &
  Flags &
  Partial<Pick<PipelineConfig, 'source'>>;

type PythonKey = keyof typeof PYTHON_FIELDS | 'source';

/** The settings of a pipeline in Python. */
export type PythonPipelineSettings = Pick<PipelineConfig, PythonKey> & {
  readonly python_function: string;
};

interface Flags {
  readonly requester_pays: boolean | IResolvable;
  readonly read_archived: boolean | IResolvable;
  readonly verify_ingestion: boolean | IResolvable;
  readonly circuit_breaker: boolean | IResolvable;
  readonly dashboard: boolean | IResolvable;
  readonly inventory_format: string;
}

/** Settings of every function. */
export type FunctionSettings = Pick<PipelineSettings, FunctionKey>;

/** Settings of the historic function. */
export type BackfillSettings = Pick<
  PipelineSettings,
  | FunctionKey
  | BackfillKey
  | 'requester_pays'
  | 'read_archived'
  | 'source_kms_key_arns'
  | 'inventory_format'
> &
  Partial<Pick<PipelineConfig, 'source'>>;
