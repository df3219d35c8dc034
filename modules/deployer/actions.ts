import type { Target } from './targets.js';

/** Actions that Terraform's AWS provider calls to create, read, update and delete a resource. */
export interface ResourceActions {
  /** Names without the prefix of the service. */
  readonly actions: readonly string[];
  readonly service: string;
  /** Targets whose ARN patterns the actions apply to. */
  readonly on: readonly Target[];
}

const TAGS = ['TagResource', 'UntagResource'];
const MORE_TAGS = [...TAGS, 'ListTagsForResource'];

/**
 * Actions by Terraform's resource type. Some types need several entries, because their actions differ in their targets.
 */
export const ACTIONS: Readonly<Record<string, readonly ResourceActions[]>> = {
  aws_athena_workgroup: [of('athena', ['workgroups'], [...crud('WorkGroup'), ...MORE_TAGS])],
  aws_cloudwatch_dashboard: [
    of('cloudwatch', ['dashboards'], ['PutDashboard', 'GetDashboard', 'DeleteDashboards']),
  ],
  aws_cloudwatch_log_group: [
    of(
      'logs',
      ['logGroups'],
      [
        'CreateLogGroup',
        'DeleteLogGroup',
        'PutRetentionPolicy',
        'DeleteRetentionPolicy',
        ...MORE_TAGS,
      ],
    ),
    of('logs', ['allLogGroups'], ['DescribeLogGroups']),
  ],
  aws_cloudwatch_metric_alarm: [
    of('cloudwatch', ['alarms'], ['PutMetricAlarm', 'DeleteAlarms', ...MORE_TAGS]),
    of('cloudwatch', ['allAlarms'], ['DescribeAlarms']),
  ],
  aws_dynamodb_table: [
    of(
      'dynamodb',
      ['tables'],
      [
        ...['CreateTable', 'DeleteTable', 'DescribeTable', 'UpdateTable'],
        ...['DescribeTimeToLive', 'UpdateTimeToLive'],
        ...['DescribeContinuousBackups', 'UpdateContinuousBackups'],
        ...TAGS,
        'ListTagsOfResource',
      ],
    ),
  ],
  aws_glue_catalog_database: [
    of(
      'glue',
      ['catalog', 'databases', 'glueTables', 'functionsOfDatabases'],
      [...crud('Database'), ...TAGS, 'GetTags'],
    ),
  ],
  aws_glue_catalog_table: [
    of('glue', ['catalog', 'databases', 'glueTables'], [...crud('Table'), 'GetPartitionIndexes']),
  ],
  aws_iam_role: [
    of(
      'iam',
      ['roles'],
      [
        ...crud('Role'),
        ...['UpdateAssumeRolePolicy', 'TagRole', 'UntagRole', 'PassRole'],
        ...['ListRolePolicies', 'ListAttachedRolePolicies', 'ListInstanceProfilesForRole'],
      ],
    ),
  ],
  aws_iam_role_policy: [
    of('iam', ['roles'], ['PutRolePolicy', 'GetRolePolicy', 'DeleteRolePolicy']),
  ],
  // The id of a mapping is random, and CreateEventSourceMapping supports no resource-level permissions.
  aws_lambda_event_source_mapping: [
    of('lambda', ['everything'], [...crud('EventSourceMapping'), ...TAGS, 'ListTags']),
  ],
  aws_lambda_function: [
    of(
      'lambda',
      ['functions'],
      [
        ...['CreateFunction', 'DeleteFunction', 'GetFunction', 'GetFunctionCodeSigningConfig'],
        ...['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'ListVersionsByFunction'],
        ...TAGS,
        'ListTags',
      ],
    ),
  ],
  aws_lambda_function_event_invoke_config: [
    of(
      'lambda',
      ['functions'],
      [
        'PutFunctionEventInvokeConfig',
        'GetFunctionEventInvokeConfig',
        'UpdateFunctionEventInvokeConfig',
        'DeleteFunctionEventInvokeConfig',
      ],
    ),
  ],
  aws_lambda_function_recursion_config: [
    of('lambda', ['functions'], ['PutFunctionRecursionConfig', 'GetFunctionRecursionConfig']),
  ],
  aws_lambda_invocation: [of('lambda', ['functions'], ['InvokeFunction'])],
  aws_s3_bucket: [
    of(
      's3',
      ['buckets'],
      [
        ...['CreateBucket', 'DeleteBucket', 'ListBucket', 'ListBucketVersions'],
        // The provider reads every setting of a bucket, including those that Terraform does not manage.
        ...['GetBucket*', 'GetAccelerateConfiguration', 'GetEncryptionConfiguration'],
        ...['GetLifecycleConfiguration', 'GetReplicationConfiguration'],
        ...['PutBucketTagging', ...MORE_TAGS],
        // force_destroy deletes all objects first.
        ...['DeleteObject', 'DeleteObjectVersion'],
      ],
    ),
  ],
  aws_s3_bucket_lifecycle_configuration: [
    of('s3', ['buckets'], ['PutLifecycleConfiguration', 'GetLifecycleConfiguration']),
  ],
  aws_s3_bucket_policy: [of('s3', ['buckets'], ['PutBucketPolicy', 'DeleteBucketPolicy'])],
  aws_s3_bucket_public_access_block: [of('s3', ['buckets'], ['PutBucketPublicAccessBlock'])],
  aws_s3_object: [
    of(
      's3',
      ['buckets'],
      [...['PutObject', 'GetObject', 'DeleteObject'], ...['GetObjectTagging', 'PutObjectTagging']],
    ),
  ],
  aws_scheduler_schedule: [of('scheduler', ['schedules'], crud('Schedule'))],
  aws_scheduler_schedule_group: [
    of(
      'scheduler',
      ['scheduleGroups'],
      [...['CreateScheduleGroup', 'GetScheduleGroup', 'DeleteScheduleGroup'], ...MORE_TAGS],
    ),
  ],
  aws_sns_topic_subscription: [
    of('sns', ['topics'], ['Subscribe']),
    // SNS supports no resource-level permissions for these.
    of(
      'sns',
      ['everything'],
      ['Unsubscribe', 'GetSubscriptionAttributes', 'SetSubscriptionAttributes'],
    ),
  ],
  aws_sqs_queue: [
    of(
      'sqs',
      ['queues'],
      [
        ...[
          'CreateQueue',
          'DeleteQueue',
          'GetQueueUrl',
          'GetQueueAttributes',
          'SetQueueAttributes',
        ],
        ...['ListQueueTags', 'TagQueue', 'UntagQueue'],
      ],
    ),
  ],
  // Exists only in the state, not in AWS.
  terraform_data: [],
};

/** Actions on the state and its lock file, an object that Terraform creates next to the state and deletes. */
export const STATE_ACTIONS: readonly ResourceActions[] = [
  of('s3', ['stateBucket'], ['ListBucket']),
  of('s3', ['states'], ['GetObject', 'PutObject', 'DeleteObject']),
];

function of(
  service: string,
  on: ResourceActions['on'],
  actions: readonly string[],
): ResourceActions {
  return { service, on, actions };
}

function crud(noun: string): string[] {
  return ['Create', 'Get', 'Update', 'Delete'].map((verb) => `${verb}${noun}`);
}
