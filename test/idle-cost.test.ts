import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PRICES } from './support/prices.js';
import { synthesize, type SynthesizedStack } from './support/stacks/stack-kit.js';
import { MATRIX } from './support/stacks/stack-matrix.js';

/**
 * Lambda polls a queue with five connections, and each receive waits for 20 seconds.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const RECEIVES_A_MONTH = (5 * 730 * 3600) / 20;

/** USD a month of each resource that AWS bills although it does nothing, by type. */
const BILLED: Readonly<Record<string, number>> = {
  aws_cloudwatch_dashboard: PRICES.dashboard,
  aws_cloudwatch_metric_alarm: PRICES.alarm,
  aws_lambda_event_source_mapping: (RECEIVES_A_MONTH / 1e6) * PRICES.millionSqsRequests,
};

/** Types that cost nothing by themselves: AWS bills requests, runs, scanned and stored bytes. */
const FREE_AT_REST = [
  ...['aws_athena_workgroup', 'aws_glue_catalog_database', 'aws_glue_catalog_table'],
  ...['aws_cloudwatch_log_group', 'aws_dynamodb_table', 'aws_sqs_queue', 'aws_sqs_queue_policy'],
  ...['aws_iam_role', 'aws_iam_role_policy', 'aws_sns_topic_subscription', 'terraform_data'],
  ...['aws_lambda_function', 'aws_lambda_function_event_invoke_config', 'aws_lambda_invocation'],
  ...['aws_lambda_function_recursion_config'],
  ...['aws_s3_bucket', 'aws_s3_bucket_policy', 'aws_s3_bucket_public_access_block'],
  ...['aws_s3_bucket_lifecycle_configuration', 'aws_s3_object'],
  ...['aws_scheduler_schedule', 'aws_scheduler_schedule_group'],
];

const smallest = synthesize(MATRIX['least']);
const largest = synthesize(MATRIX['all settings']);
const page = readFileSync('docs/deploy.md', 'utf8');

function count({ resource }: SynthesizedStack, type: string): number {
  return Object.keys(resource[type] ?? {}).length;
}

function idleUsd(stack: SynthesizedStack): number {
  const costs = Object.entries(BILLED).map(([type, usd]) => count(stack, type) * usd);
  return costs.reduce((total, usd) => total + usd, 0);
}

function row(name: string, cells: readonly string[]): string {
  return `| ${[name, ...cells].join(' | ')} |`;
}

function rowOf(name: string, type: string): string {
  const cells = [smallest, largest].map((stack) => {
    const usd = count(stack, type) * (BILLED[type] ?? NaN);
    return `${count(stack, type)}: ${usd.toFixed(2)}`;
  });
  return row(name, cells);
}

describe('docs/deploy.md says what an idle stack costs', () => {
  test('each month, by what is in the smallest and the largest stack', () => {
    const rows = [
      rowOf('dashboard', 'aws_cloudwatch_dashboard'),
      rowOf('alarms', 'aws_cloudwatch_metric_alarm'),
      rowOf('empty receives from the granule queue', 'aws_lambda_event_source_mapping'),
      row(
        '**together**',
        [smallest, largest].map((stack) => `**${idleUsd(stack).toFixed(2)}**`),
      ),
    ];
    expect(rows.filter((line) => !page.includes(line))).toEqual([]);
  });

  test('and less without the dashboard', () => {
    const without = synthesize({ dashboard: 'false' });
    const sentence = `With \`dashboard: false\` the smallest stack costs ${idleUsd(without).toFixed(2)} dollars.`;
    expect(page.includes(sentence) || sentence).toBe(true);
  });

  test('of 50 pipelines with a dashboard each, and with one for the project', () => {
    const without = synthesize({ dashboard: 'false' });
    const [each, one] = [50 * idleUsd(smallest), 50 * idleUsd(without) + PRICES.dashboard];
    const sentence = `50 of the smallest stacks cost ${each.toFixed(0)} dollars a month, and ${one.toFixed(0)} with \`dashboard: false\` and the dashboard of the project.`;
    expect(page.includes(sentence) || sentence).toBe(true);
  });

  test('with every type of resource that a stack can have taken into account', () => {
    const types = Object.values(MATRIX).flatMap((fields) =>
      Object.keys(synthesize(fields).resource),
    );
    const known = [...Object.keys(BILLED), ...FREE_AT_REST];
    expect([...new Set(types)].filter((type) => !known.includes(type))).toEqual([]);
  });
});
