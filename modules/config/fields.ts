import { z } from 'zod';
import {
  parseKeyArn,
  parseRegion,
  parseSecretArn,
  parseStandardTopicArn,
  parseTopicArn,
} from './values/arn.js';
import {
  checkedText,
  listOf,
  mapping,
  oneNumberOf,
  oneOf,
  text,
  trueOrFalse,
  wholeNumber,
} from './types.js';
import { parseFilterPolicy } from './values/filter-policy.js';
import { parseInitialChunk } from './values/initial-chunk.js';
import { parseInventoryField } from './values/inventory-fields.js';
import { parseInventoryLocation } from './values/inventory-location.js';
import { parsePipelineId } from './values/pipeline-id.js';
import { parseS3Location } from './values/s3-location.js';
import { parseServiceUrl } from './values/service-url.js';
import { parseTags } from './values/tags.js';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

const HOURS_A_YEAR = 8760;

/** Every key of config.yaml; the descriptions stand in the messages for missing keys and in the README. */
export const CONFIG_FIELDS = {
  id: checkedText(parsePipelineId).describe("the name of the pipeline's folder"),
  compute: oneOf(['awslambda']).describe('what runs it: awslambda'),
  ingestor_url: text(parseServiceUrl).describe(
    'the URL of the ingestor API that Items are posted to',
  ),
  secret_arn: checkedText(parseSecretArn).describe(
    'the ARN of the secret with cognito_domain, client_id, client_secret and scope',
  ),
  region: checkedText(parseRegion).exactOptional().describe('the AWS region of the stack'),
  stac_api_url: text(parseServiceUrl)
    .exactOptional()
    .describe('the URL of the STAC API that serves what was ingested'),
  sns: checkedText(parseStandardTopicArn)
    .exactOptional()
    .describe('the ARN of the topic that announces new granules'),
  sns_filter_policy: mapping(z.unknown(), 'names to lists of accepted values', parseFilterPolicy)
    .exactOptional()
    .describe("the filter policy of the topic's subscription"),
  sns_filter_policy_scope: oneOf(['MessageBody', 'MessageAttributes'])
    .exactOptional()
    .describe('what the filter policy looks at'),
  source: listOf(checkedText(parseS3Location), 's3://bucket/prefix')
    .exactOptional()
    .describe('the S3 locations that the functions may read'),
  requester_pays: trueOrFalse()
    .exactOptional()
    .describe('whether reading is paid for by the stack'),
  inventory_location: checkedText(parseInventoryLocation)
    .exactOptional()
    .describe('the S3 Inventory of old granules, or one file that lists them'),
  inventory_format: oneOf(['csv', 'orc', 'parquet'])
    .exactOptional()
    .describe('the format of the inventory'),
  inventory_fields: listOf(text(parseInventoryField), 'inventory fields')
    .refine((fields) => fields.includes('key'), 'must include key')
    .refine((fields) => new Set(fields).size === fields.length, 'must name each field once')
    .exactOptional()
    .describe("the columns of the inventory, in the order of its manifest's fileSchema"),
  historic_frequency: wholeNumber({ min: 0, max: HOURS_A_YEAR, unit: 'hours' })
    .exactOptional()
    .describe('hours between two chunks of the backfill; 0: everything once, after deployment'),
  initial_chunk: text(parseInitialChunk)
    .exactOptional()
    .describe('the first chunk of the backfill'),
  max_queue_depth: wholeNumber({ min: 1, max: 1e9, unit: 'messages' })
    .exactOptional()
    .describe('the backfill pauses while the queue holds more messages'),
  max_scan_gb: wholeNumber({ min: 1, max: 1e6, unit: 'gigabytes' })
    .exactOptional()
    .describe('the most that one inventory query may scan'),
  timeout_seconds: wholeNumber({ min: 1, max: 900, unit: 'seconds' })
    .exactOptional()
    .describe('time-out of a function'),
  memory_mb: wholeNumber({ min: 128, max: 10_240, unit: 'megabytes' })
    .exactOptional()
    .describe('memory of a function'),
  max_concurrency: wholeNumber({ min: 2, max: 1000, unit: 'concurrent batches' })
    .exactOptional()
    .describe('batches handled at the same time'),
  batch_size: wholeNumber({ min: 1, max: 10_000, unit: 'messages' })
    .exactOptional()
    .describe('messages handled by one invocation'),
  batch_window_seconds: wholeNumber({ min: 0, max: 300, unit: 'seconds' })
    .exactOptional()
    .describe('how long a batch may wait to fill up'),
  retry_delay_seconds: wholeNumber({ min: 0, max: 900, unit: 'seconds' })
    .exactOptional()
    .describe('wait before the second try of a message; doubles with each further try'),
  verify_ingestion: trueOrFalse()
    .exactOptional()
    .describe('whether Items that the ingestor took but failed to load are posted again'),
  verify_tries: wholeNumber({ min: 1, max: 100, unit: 'tries' })
    .exactOptional()
    .describe('how often such an Item is posted again'),
  // Less than the 7 days that the queue keeps a message: at any other age the alarm would never go off.
  max_age_minutes: wholeNumber({ min: 1, max: 10_079, unit: 'minutes' })
    .exactOptional()
    .describe('age of the oldest message that raises an alarm'),
  alarm_topic_arn: checkedText(parseTopicArn)
    .exactOptional()
    .describe('the ARN of the topic that alarms notify'),
  secret_kms_key_arn: checkedText(parseKeyArn)
    .exactOptional()
    .describe(
      'the ARN of the KMS key that encrypts the secret, when it is not the AWS managed one',
    ),
  log_retention_days: oneNumberOf(LOG_RETENTION_DAYS)
    .exactOptional()
    .describe('days that logs are kept'),
  tags: mapping(text(), 'tags to values', parseTags)
    .exactOptional()
    .describe('tags on everything, beside Project, Pipeline and ManagedBy'),
} as const;

export type ConfigKey = keyof typeof CONFIG_FIELDS;
export const CONFIG_KEYS = Object.keys(CONFIG_FIELDS) as readonly ConfigKey[];
