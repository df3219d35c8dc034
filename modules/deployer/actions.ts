import { FUNCTION_ACTIONS } from './function-actions.js';
import { crud, MORE_TAGS, of, TAGS } from './resource-actions.js';
import type { ResourceActions } from './resource-actions.js';

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
  ...FUNCTION_ACTIONS,
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
      ],
    ),
    // force_destroy deletes all objects first.
    of('s3', ['bucketObjects'], ['DeleteObject', 'DeleteObjectVersion']),
  ],
  aws_s3_bucket_lifecycle_configuration: [
    of('s3', ['buckets'], ['PutLifecycleConfiguration', 'GetLifecycleConfiguration']),
  ],
  aws_s3_bucket_policy: [of('s3', ['buckets'], ['PutBucketPolicy', 'DeleteBucketPolicy'])],
  aws_s3_bucket_public_access_block: [of('s3', ['buckets'], ['PutBucketPublicAccessBlock'])],
  aws_s3_object: [
    of(
      's3',
      ['bucketObjects'],
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

/** Actions of `npm run image` and `npm run deploy` on the images of Python pipelines. The repository is not theirs to change. */
export const IMAGE_ACTIONS: readonly ResourceActions[] = [
  // It supports no resource-level permissions.
  of('ecr', ['everything'], ['GetAuthorizationToken']),
  of(
    'ecr',
    ['images'],
    [
      ...['DescribeImages', 'BatchGetImage', 'GetDownloadUrlForLayer'],
      ...['BatchCheckLayerAvailability', 'InitiateLayerUpload', 'UploadLayerPart'],
      ...['CompleteLayerUpload', 'PutImage'],
    ],
  ),
];

/** Actions on the state and its lock file, an object that Terraform creates next to the state and deletes. */
export const STATE_ACTIONS: readonly ResourceActions[] = [
  of('s3', ['stateBucket'], ['ListBucket']),
  of('s3', ['states'], ['GetObject', 'PutObject', 'DeleteObject']),
];

/** Everything that a deployment does with the state bucket and its objects. */
export const STATE_BUCKET_ACTIONS: readonly string[] = STATE_ACTIONS.flatMap(
  ({ service, actions }) => actions.map((action) => `${service}:${action}`),
);
