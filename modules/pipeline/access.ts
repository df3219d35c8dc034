import type { PipelineFunction } from '../constructs/pipeline-function.js';
import type { StateTable } from '../constructs/state-table.js';
import type { DerivedValues } from './derived.js';
import type { PipelineSettings } from './settings.js';

/** Allows a function to read objects that are encrypted with the keys of the config (SSE-KMS). */
export function allowDecryption(
  fn: PipelineFunction,
  { source_kms_key_arns: keys }: Pick<PipelineSettings, 'source_kms_key_arns'>,
): void {
  if (keys.length === 0) return;
  fn.allow({ sid: 'DecryptObjects', actions: ['kms:Decrypt'], resources: keys });
}

interface PostingParts {
  readonly config: Pick<PipelineSettings, 'secret_kms_key_arn'>;
  readonly derived: Pick<DerivedValues, 'secretResource'>;
  readonly table: Pick<StateTable, 'arn'>;
}

/** Allows a function to read the client credentials, and to share the access token through the table. */
export function allowPosting(fn: PipelineFunction, { config, derived, table }: PostingParts): void {
  const { secret_kms_key_arn: key } = config;
  fn.allow({
    sid: 'ReadSecret',
    actions: ['secretsmanager:GetSecretValue'],
    resources: [derived.secretResource],
  });
  if (key !== undefined)
    fn.allow({ sid: 'DecryptSecret', actions: ['kms:Decrypt'], resources: [key] });
  fn.allow({
    sid: 'ShareToken',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    resources: [table.arn],
  });
}
