import { Fn, Token } from 'cdktf';
import { MAX_RECEIVE_COUNT } from '../constructs/granule-queue.js';
import { METRICS_NAMESPACE } from '../config/names.js';
import { keyVariables, pythonVariables } from '../config/python-variables.js';
import type { GranuleQueue } from '../constructs/granule-queue.js';
import type { Inventory } from '../constructs/inventory.js';
import type { BackfillSettings, PipelineSettings, PythonPipelineSettings } from './settings.js';
import type { StateTable } from '../constructs/state-table.js';
import { terraformText } from '../constructs/tokens.js';

type Environment = Readonly<Record<string, string>>;

/** Returns the variables of every function. lambdas/ reads all variables by the same names. */
export function commonEnvironment(
  config: Pick<PipelineSettings, 'id'>,
  { project, table }: { project: string; table: Pick<StateTable, 'name'> },
): Environment {
  return {
    PIPELINE: config.id,
    PROJECT: project,
    POWERTOOLS_SERVICE_NAME: config.id,
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
    TABLE_NAME: table.name,
  };
}

export function ingestorEnvironment({
  ingestor_url,
  secret_arn,
  stac_api_url,
}: PipelineSettings): Environment {
  return {
    INGESTOR_URL: terraformText(ingestor_url),
    SECRET_ARN: secret_arn,
    ...(stac_api_url !== undefined && { STAC_API_URL: terraformText(stac_api_url) }),
  };
}

export function sourceEnvironment({
  requester_pays,
  region,
}: Pick<PipelineSettings, 'requester_pays' | 'region'>): Environment {
  return { REQUESTER_PAYS: String(requester_pays), SOURCE_REGION: region };
}

/** Returns the variable of an app function whose Items say which code made them. */
export function codeVersionEnvironment({
  code_version,
}: Pick<PipelineSettings, 'code_version'>): Environment {
  return code_version === undefined ? {} : { CODE_VERSION: code_version };
}

/** Returns the variables of an app function whose Items are created in Python. */
export function pythonEnvironment(config: PythonPipelineSettings): Environment {
  return terraformTexts(pythonVariables(config));
}

/** Returns the variable of an app that writes files to an S3 location. */
export function outputsEnvironment({ location }: { readonly location: string }): Environment {
  return { OUTPUTS: terraformText(location) };
}

function terraformTexts(variables: Environment): Environment {
  const entries = Object.entries(variables);
  return Object.fromEntries(entries.map(([name, value]) => [name, terraformText(value)]));
}

export function queueEnvironment(
  { retry_delay_seconds, verify_ingestion, circuit_breaker }: PipelineSettings,
  queue: GranuleQueue,
): Environment {
  return {
    QUEUE_URL: queue.url,
    DEAD_LETTERS_URL: queue.deadLetters.url,
    MAX_RECEIVE_COUNT: String(MAX_RECEIVE_COUNT),
    RETRY_DELAY_SECONDS: String(retry_delay_seconds),
    VERIFY_INGESTION: String(verify_ingestion),
    CIRCUIT_BREAKER: String(circuit_breaker),
  };
}

export function inventoryEnvironment(
  config: BackfillSettings,
  inventory: Pick<Inventory, 'environment'>,
): Environment {
  const { inventory_location = '', initial_chunk, historic_frequency } = config;
  return {
    ...inventory.environment,
    INVENTORY_LOCATION: terraformText(inventory_location),
    INVENTORY_FORMAT: config.inventory_format,
    INVENTORY_FIELDS: commaSeparated(config.inventory_fields),
    HISTORIC_FREQUENCY: String(historic_frequency ?? 0),
    MAX_SCAN_GB: String(config.max_scan_gb),
    MAX_QUEUE_DEPTH: String(config.max_queue_depth),
    ...terraformTexts(keyVariables(config)),
    READ_ARCHIVED: String(config.read_archived),
    ...(initial_chunk !== undefined && { INITIAL_CHUNK: terraformText(initial_chunk) }),
  };
}

function commaSeparated(words: readonly string[]): string {
  return Token.isUnresolved(words) ? Fn.join(',', [...words]) : words.join(',');
}
