/**
 * ARN patterns of a project's resources, whose physical names all start with the project (modules/config/names.ts).
 * policy.ts replaces the words in capitals.
 */
export const TARGETS = {
  alarms: 'arn:PARTITION:cloudwatch:*:ACCOUNT:alarm:PROJECT-*',
  allAlarms: 'arn:PARTITION:cloudwatch:*:ACCOUNT:alarm:*',
  allLogGroups: 'arn:PARTITION:logs:*:ACCOUNT:log-group:*',
  buckets: 'arn:PARTITION:s3:::PROJECT-*',
  catalog: 'arn:PARTITION:glue:*:ACCOUNT:catalog',
  dashboards: 'arn:PARTITION:cloudwatch::ACCOUNT:dashboard/PROJECT-*',
  databases: 'arn:PARTITION:glue:*:ACCOUNT:database/DATABASES',
  everything: '*',
  functions: 'arn:PARTITION:lambda:*:ACCOUNT:function:PROJECT-*',
  functionsOfDatabases: 'arn:PARTITION:glue:*:ACCOUNT:userDefinedFunction/DATABASES/*',
  glueTables: 'arn:PARTITION:glue:*:ACCOUNT:table/DATABASES/*',
  logGroups: 'arn:PARTITION:logs:*:ACCOUNT:log-group:/aws/lambda/PROJECT-*',
  queues: 'arn:PARTITION:sqs:*:ACCOUNT:PROJECT-*',
  roles: 'arn:PARTITION:iam::ACCOUNT:role/PROJECT-*',
  scheduleGroups: 'arn:PARTITION:scheduler:*:ACCOUNT:schedule-group/PROJECT-*',
  schedules: 'arn:PARTITION:scheduler:*:ACCOUNT:schedule/PROJECT-*/PROJECT-*',
  stateBucket: 'arn:PARTITION:s3:::STATE_BUCKET',
  states: 'arn:PARTITION:s3:::STATE_BUCKET/PROJECT/*',
  tables: 'arn:PARTITION:dynamodb:*:ACCOUNT:table/PROJECT-*',
  topics: 'TOPIC',
  workgroups: 'arn:PARTITION:athena:*:ACCOUNT:workgroup/PROJECT-*',
} as const;

export type Target = keyof typeof TARGETS;
