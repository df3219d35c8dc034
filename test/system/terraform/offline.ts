import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block, SynthesizedStack } from '../../support/stacks/stack-kit.js';

/** There is no account: neither the provider nor a backend may call AWS. */
export const OFFLINE: Block = {
  access_key: 'none',
  secret_key: 'none',
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: true,
};

export const STATE_FILE = 'offline.tfstate';

/** Lets `plan` run without AWS by an override file; the synthesized stack itself stays unchanged. */
export function overrideOffline(folder: string, { provider }: SynthesizedStack): void {
  const override = {
    terraform: { backend: { local: { path: STATE_FILE } } },
    provider: { aws: (provider['aws'] ?? []).map((block) => ({ ...block, ...OFFLINE })) },
  };
  writeFileSync(join(folder, 'zz_override.tf.json'), JSON.stringify(override));
}

/** The rest of an ARN after `arn:aws:`, for a resource that was never created. */
export const ARN_PATTERNS: Readonly<Record<string, string>> = {
  aws_athena_workgroup: 'athena:us-west-2:123456789012:workgroup/mock',
  aws_cloudwatch_log_group: 'logs:us-west-2:123456789012:log-group:mock',
  aws_cloudwatch_metric_alarm: 'cloudwatch:us-west-2:123456789012:alarm:mock',
  aws_dynamodb_table: 'dynamodb:us-west-2:123456789012:table/mock',
  aws_glue_catalog_database: 'glue:us-west-2:123456789012:database/mock',
  aws_glue_catalog_table: 'glue:us-west-2:123456789012:table/mock/mock',
  aws_iam_role: 'iam::123456789012:role/mock',
  aws_lambda_function: 'lambda:us-west-2:123456789012:function:mock',
  aws_s3_bucket: 's3:::mock',
  aws_scheduler_schedule_group: 'scheduler:us-west-2:123456789012:schedule-group/mock',
  aws_sqs_queue: 'sqs:us-west-2:123456789012:mock',
};

/** Values for the mocked provider: resources refuse its random words, which are neither ARNs nor JSON. */
export function mockProvider(): Block {
  const arns = Object.entries(ARN_PATTERNS).map(([type, arn]) => [
    type,
    { defaults: { arn: `arn:aws:${arn}` } },
  ]);
  const json = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  return {
    mock_resource: Object.fromEntries(arns) as Block,
    mock_data: {
      aws_iam_policy_document: { defaults: { json } },
      aws_region: { defaults: { id: 'eu-central-1' } },
    },
  };
}

/** Writes a `terraform test` that applies the stack against mocks and checks the given conditions. */
export function writeMockTest(
  folder: string,
  { provider }: SynthesizedStack,
  conditions: Readonly<Record<string, string>>,
): void {
  const mocks = (provider['aws'] ?? []).map(({ alias }) => ({
    ...mockProvider(),
    ...(alias !== undefined && { alias }),
  }));
  const assert = Object.entries(conditions).map(([error_message, condition]) => ({
    // In Terraform's JSON syntax only a template is an expression.
    condition: `\${${condition}}`,
    error_message,
  }));
  const file = { mock_provider: { aws: mocks }, run: { stack: { command: 'apply', assert } } };
  writeFileSync(join(folder, 'stack.tftest.json'), JSON.stringify(file, undefined, 1));
}
