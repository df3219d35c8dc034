import type { ConfigKey } from '../../config/fields.js';
import { CODE_VERSION, CODE_VERSION_TEXT } from '../../config/values/code-version.js';
import { PIPELINE_ID } from '../../config/values/pipeline-id.js';
import {
  KEY_ARN_RULE,
  POLICY_ARN_RULE,
  SECRET_ARN_RULE,
  STANDARD_TOPIC_ARN_RULE,
  TOPIC_ARN_RULE,
} from './arn-rules.js';
import { filterPolicyRules } from './filter-policy-rules.js';
import { eachText, matches, VALUE } from './variable.js';
import type { Extra } from './variable.js';

/** The same rule as in modules/config/values/service-url.ts. */
const SERVICE_URL = matches(
  '(?:https://[^/?#\\s@]+|http://(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1\\])(?::[0-9]+)?)(?:/[^?#\\s]*)?',
  'be a URL, https://host/path, without a query (http:// only for a host on this machine)',
);

export const S3_LOCATION = matches(
  's3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/(?:[^/*?][^*?]*)?)?',
  'be an S3 location, s3://bucket/prefix, without * and ?, and with a bucket of 3 to 63 lowercase letters, digits, . and -',
);

/** What the variables of these keys have beyond their rows in the table of config keys. */
export const INGESTION_EXTRAS = {
  id: {
    says: 'The name of the pipeline. Together with project it is the prefix of every name.',
    rules: [
      matches(
        PIPELINE_ID.source.replace(/^\^|\$$/g, ''),
        'be a lowercase letter, then up to 39 lowercase letters, digits or _',
      ),
    ],
  },
  ingestor_url: { rules: [SERVICE_URL] },
  secret_arn: { rules: [SECRET_ARN_RULE] },
  secret_kms_key_arn: {
    rules: [
      KEY_ARN_RULE,
      {
        condition: `try(split(":", ${VALUE})[3] == split(":", var.secret_arn)[3], true)`,
        must: 'be a key in the region of the secret',
      },
    ],
  },
  stac_api_url: { rules: [SERVICE_URL] },
  code_version: {
    rules: [matches(CODE_VERSION.source.replace(/^\^|\$$/g, ''), `be ${CODE_VERSION_TEXT}`)],
  },
  sns: {
    note: 'It is in the region of the provider aws.topic. Terraform must know at plan time whether it is null, because that decides which resources exist.',
    rules: [STANDARD_TOPIC_ARN_RULE],
  },
  sns_filter_policy: {
    type: 'string',
    note: 'It is JSON.',
    rules: [
      {
        condition: `can(keys(jsondecode(${VALUE})))`,
        must: 'be a JSON object, as jsonencode returns it',
      },
      ...filterPolicyRules(VALUE, 'var.sns_filter_policy_scope'),
      { condition: 'var.sns != null', must: 'be null while there is no sns to filter' },
    ],
  },
  source: { rules: [eachText(S3_LOCATION)] },
  source_kms_key_arns: { rules: [eachText(KEY_ARN_RULE)] },
  permissions_boundary_arn: { rules: [POLICY_ARN_RULE] },
  alarm_topic_arn: {
    rules: [
      TOPIC_ARN_RULE,
      {
        condition: `try(contains([local.region, coalesce(local.topic-region, local.region)], split(":", ${VALUE})[3]), true)`,
        must: 'be a topic in the region of the provider, or in that of sns: an alarm only notifies topics in its own region',
      },
    ],
  },
} as const satisfies Partial<Record<ConfigKey, Extra>>;
