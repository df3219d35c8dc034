import {
  parseArn,
  parseKeyArn,
  parsePolicyArn,
  parseRegion,
  parseSecretArn,
  parseStandardTopicArn,
} from '../values/arn.js';
import { CODE_VERSION_TEXT, parseCodeVersion } from '../values/code-version.js';
import { parseFilterPolicy } from '../values/filter-policy.js';
import { parsePipelineId } from '../values/pipeline-id.js';
import { parseS3Location } from '../values/s3-location.js';
import { parseServiceUrl } from '../values/service-url.js';
import { parseTags } from '../values/tags.js';
import { checked } from './types.js';
import type { Fields } from './field.js';

const SERVICE_URL = 'an https URL without a query; http only for a host on this machine';

export const REQUIRED_FIELDS = {
  id: {
    kind: 'text',
    required: true,
    parse: checked(parsePipelineId),
    says: "the name of the pipeline's folder",
    allowed:
      'a lowercase letter, then up to 39 lowercase letters, digits or `_`; not `bootstrap`, `images` or `github_oidc`',
  },
  compute: {
    kind: 'choice',
    required: true,
    values: ['awslambda'],
    says: 'the service that runs the pipeline; awslambda is the only one',
  },
  ingestor_url: {
    kind: 'text',
    required: true,
    shared: true,
    parse: parseServiceUrl,
    says: 'the URL of the ingestor API that Items are posted to',
    allowed: SERVICE_URL,
  },
  secret_arn: {
    kind: 'text',
    required: true,
    shared: true,
    parse: checked(parseSecretArn),
    says: 'the ARN of the secret with cognito_domain, client_id, client_secret and scope',
    note: 'These are the OAuth client credentials for the ingestor.',
    allowed: 'ARN of a Secrets Manager secret',
  },
} as const satisfies Fields;

export const SOURCE_FIELDS = {
  source: {
    kind: 'list',
    parse: checked(parseS3Location),
    of: 's3://bucket/prefix',
    default: [],
    says: 'the S3 locations that the functions may read',
    allowed: 'list of `s3://bucket/prefix`',
  },
  requester_pays: {
    kind: 'boolean',
    default: false,
    says: 'whether the account of the stack pays for reads, which Requester Pays buckets require',
  },
  source_kms_key_arns: {
    kind: 'list',
    parse: checked(parseKeyArn),
    of: 'arn:aws:kms:region:account:key/id',
    default: [],
    says: 'the ARNs of the KMS keys that encrypt the granules or the inventory (SSE-KMS)',
    note: 'The policy of each key has to allow the account, too.',
    allowed: 'list of ARNs of KMS keys in the partition of `secret_arn`, not of aliases',
  },
} as const satisfies Fields;

export const TOPIC_FIELDS = {
  sns: {
    kind: 'text',
    parse: checked(parseStandardTopicArn),
    says: 'the ARN of the topic that announces new granules',
    allowed: 'ARN of a standard SNS topic, in any region and account of the partition; not FIFO',
  },
  sns_filter_policy: {
    kind: 'mapping',
    values: 'any',
    of: 'names to lists of accepted values',
    parse: parseFilterPolicy,
    needs: { sns: 'there is no subscription to filter' },
    unset: 'every message is delivered',
    says: 'the filter policy of the subscription to the topic',
    allowed:
      'mapping of names to lists of accepted values, or (for a message body) to further such mappings; ' +
      'at most 5 lists and 150 combinations. Operators are `[{ suffix: .safe }]`: prefix, suffix, ' +
      'equals-ignore-case, wildcard, cidr, numeric, exists, anything-but',
  },
  sns_filter_policy_scope: {
    kind: 'choice',
    values: ['MessageBody', 'MessageAttributes'],
    default: 'MessageBody',
    needs: { sns_filter_policy: 'there is no policy to give a scope' },
    says: 'the part of a message that the filter policy applies to',
  },
} as const satisfies Fields;

export const OTHER_FIELDS = {
  region: {
    kind: 'text',
    shared: true,
    parse: checked(parseRegion),
    defaultFrom: {
      says: 'the region of `secret_arn`',
      of: ({ secret_arn }) => parseArn(secret_arn).region,
    },
    says: 'the AWS region of the stack',
    allowed: 'AWS region in the partition of `secret_arn`',
  },
  stac_api_url: {
    kind: 'text',
    shared: true,
    parse: parseServiceUrl,
    says: 'the URL of the STAC API that serves the ingested Items',
    allowed: SERVICE_URL,
  },
  code_version: {
    kind: 'text',
    parse: checked(parseCodeVersion),
    unset: 'Items do not say which code made them',
    says: "the version of the pipeline's code, which posted Items have in `processing:software`",
    note: 'Raise it when the code makes other Items, so that `backfill reprocess` can find those made before.',
    allowed: CODE_VERSION_TEXT,
  },
  secret_kms_key_arn: {
    kind: 'text',
    shared: true,
    parse: checked(parseKeyArn),
    unset: 'the AWS managed key',
    says: 'the ARN of the KMS key that encrypts the secret',
    allowed: 'ARN of a KMS key in the region of the secret, not of an alias',
  },
  permissions_boundary_arn: {
    kind: 'text',
    shared: true,
    parse: checked(parsePolicyArn),
    says: 'the ARN of the policy that is the permissions boundary of every role of the stack',
    note: 'Some accounts only allow roles that have one.',
    allowed: 'ARN of a managed policy in the account of `secret_arn`, or of one by AWS',
  },
  tags: {
    kind: 'mapping',
    shared: true,
    values: 'text',
    of: 'tags to values',
    parse: parseTags,
    default: {},
    says: 'the tags of every resource, in addition to Project, Pipeline and ManagedBy',
    allowed: 'mapping of at most 46 tags to text, by the rules of AWS',
  },
} as const satisfies Fields;
