import { CONFIG_DEFAULTS } from '../../config/defaults.js';
import { PROJECT, RESERVED_BY_S3 } from '../../config/names.js';
import { PIPELINE_ID } from '../../config/values/pipeline-id.js';
import {
  KEY_ARN_RULE,
  SECRET_ARN_RULE,
  STANDARD_TOPIC_ARN_RULE,
  TOPIC_ARN_RULE,
} from './arn-rules.js';
import { BACKFILL_VARIABLES, HISTORIC_FREQUENCY } from './backfill.js';
import { BATCH_SIZE, FUNCTION_SETTINGS, LOG_RETENTION } from './settings.js';
import { each, matches, oneOf, VALUE } from './variable.js';
import type { Rule, Variable, Variables } from './variable.js';

/** As modules/config/values/service-url.ts has it. */
const SERVICE_URL = matches(
  '(?:https://[^/?#\\s@]+|http://(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1\\])(?::[0-9]+)?)(?:/[^?#\\s]*)?',
  'be a URL, https://host/path, without a query (http:// only for a host on this machine)',
);

const S3_LOCATION = matches(
  's3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/(?:[^/*?][^*?]*)?)?',
  'be an S3 location, s3://bucket/prefix, without * and ?',
);

function holds(zip: string): string {
  return `fileexists("\${${VALUE}}/${zip}.zip")`;
}

const FOLDER_RULES: readonly Rule[] = [
  {
    condition: `${holds('app')} && ${holds('collection')}`,
    must: 'be a folder with app.zip and collection.zip, as npm run build leaves it in dist/<pipeline>',
  },
  {
    condition: `var.inventory_location == null || ${holds('historic')}`,
    must: 'hold historic.zip while there is an inventory_location',
  },
  {
    condition: `!var.verify_ingestion || ${holds('verify')}`,
    must: 'hold verify.zip with verify_ingestion',
  },
];

const IDENTITY = {
  project: {
    type: 'string',
    description: 'What every name begins with: it keeps one deployment apart from another.',
    rules: [
      matches(
        PROJECT.source.replace(/^\^|\$$/g, ''),
        'be a lower-case letter, then up to 19 lower-case letters, digits or hyphens',
      ),
      {
        condition: `!can(regex("${RESERVED_BY_S3.source}", "\${${VALUE}}-"))`,
        must: 'not begin as bucket names that S3 reserves',
      },
    ],
  },
  id: {
    type: 'string',
    description: 'Name of the pipeline: with project it names everything that is made.',
    rules: [
      matches(
        PIPELINE_ID.source.replace(/^\^|\$$/g, ''),
        'be a lower-case letter, then up to 39 lower-case letters, digits or _',
      ),
    ],
  },
  folder: {
    type: 'string',
    description: "The pipeline's code: the folder dist/<pipeline>, as npm run build leaves it.",
    rules: FOLDER_RULES,
  },
} satisfies Variables;

const INGESTOR = {
  ingestor_url: {
    type: 'string',
    description: 'Ingestor API that Items are posted to.',
    rules: [SERVICE_URL],
  },
  secret_arn: {
    type: 'string',
    description: 'Secret with cognito_domain, client_id, client_secret and scope.',
    rules: [SECRET_ARN_RULE],
  },
  secret_kms_key_arn: {
    type: 'string',
    description: 'Key of the secret, in its region. Null: the AWS managed one.',
    default: null,
    rules: [
      KEY_ARN_RULE,
      {
        condition: `split(":", ${VALUE})[3] == split(":", var.secret_arn)[3]`,
        must: 'be a key in the region of the secret',
      },
    ],
  },
  stac_api_url: {
    type: 'string',
    description: 'STAC API that serves what was ingested.',
    default: null,
    rules: [SERVICE_URL],
  },
  verify_ingestion: {
    type: 'bool',
    description: 'Whether Items that the ingestor took but failed to load are posted again.',
    default: CONFIG_DEFAULTS.verify_ingestion,
  },
  verify_tries: FUNCTION_SETTINGS.verify_tries,
} satisfies Variables;

const TOPIC = {
  sns: {
    type: 'string',
    description:
      'Topic that announces new granules, in the region of the provider aws.topic; known when it is planned. Null: none.',
    default: null,
    rules: [STANDARD_TOPIC_ARN_RULE],
  },
  sns_filter_policy: {
    type: 'string',
    description: 'Filter policy of the subscription, as JSON. Null: everything.',
    default: null,
    rules: [
      {
        condition: `can(keys(jsondecode(${VALUE})))`,
        must: 'be a JSON object, as jsonencode gives it',
      },
      { condition: 'var.sns != null', must: 'be null while there is no sns to filter' },
    ],
  },
  sns_filter_policy_scope: {
    type: 'string',
    description: 'What the filter policy looks at.',
    default: CONFIG_DEFAULTS.sns_filter_policy_scope,
    rules: [oneOf(['MessageBody', 'MessageAttributes'])],
  },
} satisfies Variables;

/** `source` in config.yaml: as an argument of a module that word belongs to Terraform. */
const SOURCE: Variable = {
  type: 'list(string)',
  description: 'Locations that the functions may read.',
  default: [],
  rules: [each(S3_LOCATION)],
};

const BACKFILL = {
  ...BACKFILL_VARIABLES,
  inventory_location: { ...BACKFILL_VARIABLES.inventory_location, default: null },
  historic_frequency: {
    ...HISTORIC_FREQUENCY,
    description: `${HISTORIC_FREQUENCY.description} Null without inventory_location.`,
    default: null,
    rules: [
      {
        condition: `(${VALUE} == null) == (var.inventory_location == null)`,
        must: 'be given with inventory_location, and be null without it',
        ofNull: true,
      },
      ...HISTORIC_FREQUENCY.rules,
    ],
  },
} satisfies Variables;

/** The keys of config.yaml but for compute, which there is only one, and region and tags, which the provider has. */
export const PIPELINE_VARIABLES = {
  ...IDENTITY,
  ...INGESTOR,
  ...TOPIC,
  source_locations: SOURCE,
  ...BACKFILL,
  timeout_seconds: FUNCTION_SETTINGS.timeout_seconds,
  memory_mb: FUNCTION_SETTINGS.memory_mb,
  max_concurrency: FUNCTION_SETTINGS.max_concurrency,
  batch_size: BATCH_SIZE,
  batch_window_seconds: FUNCTION_SETTINGS.batch_window_seconds,
  retry_delay_seconds: FUNCTION_SETTINGS.retry_delay_seconds,
  max_age_minutes: FUNCTION_SETTINGS.max_age_minutes,
  alarm_topic_arn: {
    type: 'string',
    description: 'Topic that alarms of its own region notify. Null: nobody is told.',
    default: null,
    rules: [
      TOPIC_ARN_RULE,
      {
        condition: `contains([local.region, coalesce(local.topic-region, local.region)], split(":", ${VALUE})[3])`,
        must: 'be a topic in the region of the provider, or in that of sns: an alarm notifies topics of its own region only',
      },
    ],
  },
  log_retention_days: LOG_RETENTION,
} satisfies Variables;
