import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { queryCall } from './aws-call.js';
import { policy } from '../system/platform.js';
import { STATE_BUCKET } from '../system/places.js';
import { system } from '../system/running.js';

type Block = Record<string, unknown>;
type Resources = Record<string, Record<string, Block>>;

/** A change of one resource, and the action that AWS checks for its update. */
export interface Change {
  readonly address: string;
  readonly action: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const LISTING = 's3://elsewhere/keys.txt\n';

/** The object that names the listing of an inventory. */
export const LISTING_CHANGE = change('aws_s3_object.inventory_listing', 's3:PutObject', {
  content: LISTING,
  etag: createHash('md5').update(LISTING).digest('hex'),
});

const TAGS = { tags: { Changed: 'yes' } };

/**
 * One change of every resource type that has an update. Terraform skips what depends on a failed update, so that no
 * resource of a wave depends on another one of it.
 */
export const WAVES: readonly (readonly Change[])[] = [
  [
    change('aws_cloudwatch_dashboard.watch_dashboard', 'cloudwatch:PutDashboard', {
      dashboard_body: '{"widgets":[]}',
    }),
    change('aws_cloudwatch_metric_alarm.watch_alarms_app-errors', 'cloudwatch:PutMetricAlarm', {
      threshold: 7,
    }),
    change('aws_iam_role_policy.historic_self-invocation', 'iam:PutRolePolicy', {
      policy: policy([{ Effect: 'Allow', Action: 'sqs:ListQueues', Resource: '*' }]),
    }),
    change('aws_lambda_event_source_mapping.queue_mapping', 'lambda:UpdateEventSourceMapping', {
      batch_size: 7,
    }),
    change(
      'aws_lambda_function_event_invoke_config.historic_invoke-config',
      'lambda:PutFunctionEventInvokeConfig',
      { maximum_retry_attempts: 1 },
    ),
    change(
      'aws_lambda_function_recursion_config.historic_recursion',
      'lambda:PutFunctionRecursionConfig',
      { recursive_loop: 'Terminate' },
    ),
    change(
      'aws_s3_bucket_lifecycle_configuration.inventory_results_expiry',
      's3:PutLifecycleConfiguration',
      {
        rule: [
          {
            id: 'results',
            status: 'Disabled',
            filter: [{ prefix: 'results/' }],
            expiration: [{ days: 90 }],
          },
        ],
      },
    ),
    change('aws_s3_bucket_policy.inventory_results_policy', 's3:PutBucketPolicy', {
      policy: policy([]),
    }),
    change('aws_scheduler_schedule.schedules_verify', 'scheduler:UpdateSchedule', {
      description: 'changed',
    }),
    change('aws_sns_topic_subscription.queue_subscription', 'sns:SetSubscriptionAttributes', {
      filter_policy: '{"mode":["IW"]}',
    }),
  ],
  [
    change('aws_athena_workgroup.inventory_workgroup', 'athena:UpdateWorkGroup', {
      description: 'changed',
    }),
    change('aws_cloudwatch_log_group.verify_logs', 'logs:PutRetentionPolicy', {
      retention_in_days: 7,
    }),
    change('aws_dynamodb_table.table', 'dynamodb:UpdateContinuousBackups', {
      point_in_time_recovery: { enabled: false },
    }),
    change('aws_glue_catalog_table.inventory_table', 'glue:UpdateTable', {
      description: 'changed',
    }),
    change('aws_iam_role.schedules_role', 'iam:TagRole', TAGS),
    change('aws_sqs_queue.historic_on-failure', 'sqs:SetQueueAttributes', {
      message_retention_seconds: 86_400,
    }),
  ],
  [
    change('aws_glue_catalog_database.inventory_database', 'glue:UpdateDatabase', {
      description: 'changed',
    }),
    change('aws_lambda_function.verify', 'lambda:UpdateFunctionConfiguration', {
      memory_size: 700,
    }),
    change(
      'aws_s3_bucket_public_access_block.inventory_results_public-access',
      's3:PutBucketPublicAccessBlock',
      { block_public_acls: false },
    ),
    change('aws_scheduler_schedule_group.schedules_group', 'scheduler:TagResource', TAGS),
  ],
];

function change(address: string, action: string, given: Change['arguments']): Change {
  return { address, action, arguments: given };
}

/** Writes the changes into a synthesized stack. */
export function writeChanges(file: string, changes: readonly Change[]): void {
  const stack = JSON.parse(readFileSync(file, 'utf8')) as { readonly resource: Resources };
  for (const { address, arguments: given } of changes) {
    const [type = '', name = ''] = address.split('.');
    const block = stack.resource[type]?.[name];
    if (block === undefined) throw new Error(`${file} has no ${address}`);
    Object.assign(block, given);
  }
  writeFileSync(file, JSON.stringify(stack));
}

/** Does `work` while a user may not call these actions. */
export async function refusing<T>(
  UserName: string,
  actions: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const caller = { endpoint: system.endpoint };
  const names = { UserName, PolicyName: 'refused' };
  // Terraform writes its state with s3:PutObject, too.
  const NotResource = [`arn:aws:s3:::${STATE_BUCKET}/*`];
  const PolicyDocument = policy([{ Effect: 'Deny', Action: actions, NotResource }]);
  await queryCall(caller, ['iam', 'PutUserPolicy'], { ...names, PolicyDocument });
  try {
    return await work();
  } finally {
    await queryCall(caller, ['iam', 'DeleteUserPolicy'], names);
  }
}
