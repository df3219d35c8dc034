/** Names to fill into ARN patterns. */
export interface Deployer {
  readonly partition: string;
  readonly account: string;
  readonly project: string;
  readonly stateBucket: string;
  /** ARNs of the topics that stacks subscribe to. */
  readonly topics: readonly string[];
  /** Names of the roles of the stacks. @default every name that starts with the project */
  readonly roles?: readonly string[];
  /** ARNs of policies: the permissions boundary of every role is one of them. @default roles have none */
  readonly permissionsBoundaries?: readonly string[];
}

/**
 * ARN patterns of a project's resources, whose physical names all start with the project (modules/config/names.ts).
 * `fillTarget` replaces the words in capitals.
 */
export const TARGETS = {
  alarms: 'arn:PARTITION:cloudwatch:*:ACCOUNT:alarm:PROJECT-*',
  allAlarms: 'arn:PARTITION:cloudwatch:*:ACCOUNT:alarm:*',
  allLogGroups: 'arn:PARTITION:logs:*:ACCOUNT:log-group:*',
  buckets: 'arn:PARTITION:s3:::PROJECT-*-results-ACCOUNT',
  bucketObjects: 'arn:PARTITION:s3:::PROJECT-*-results-ACCOUNT/*',
  catalog: 'arn:PARTITION:glue:*:ACCOUNT:catalog',
  dashboards: 'arn:PARTITION:cloudwatch::ACCOUNT:dashboard/PROJECT-*',
  databases: 'arn:PARTITION:glue:*:ACCOUNT:database/DATABASES',
  eventSourceMappings: 'arn:PARTITION:lambda:*:ACCOUNT:event-source-mapping:*',
  everything: '*',
  functions: 'arn:PARTITION:lambda:*:ACCOUNT:function:PROJECT-*',
  functionsOfDatabases: 'arn:PARTITION:glue:*:ACCOUNT:userDefinedFunction/DATABASES/*',
  glueTables: 'arn:PARTITION:glue:*:ACCOUNT:table/DATABASES/*',
  images: 'arn:PARTITION:ecr:*:ACCOUNT:repository/PROJECT-images',
  logGroups: 'arn:PARTITION:logs:*:ACCOUNT:log-group:/aws/lambda/PROJECT-*',
  queues: 'arn:PARTITION:sqs:*:ACCOUNT:PROJECT-*',
  roles: 'arn:PARTITION:iam::ACCOUNT:role/ROLE',
  scheduleGroups: 'arn:PARTITION:scheduler:*:ACCOUNT:schedule-group/PROJECT-*',
  schedules: 'arn:PARTITION:scheduler:*:ACCOUNT:schedule/PROJECT-*/PROJECT-*',
  stateBucket: 'arn:PARTITION:s3:::STATE_BUCKET',
  stateObjects: 'arn:PARTITION:s3:::STATE_BUCKET/*',
  states: 'arn:PARTITION:s3:::STATE_BUCKET/PROJECT/*',
  tables: 'arn:PARTITION:dynamodb:*:ACCOUNT:table/PROJECT-*',
  topics: 'TOPIC',
  workgroups: 'arn:PARTITION:athena:*:ACCOUNT:workgroup/PROJECT-*',
} as const;

export type Target = keyof typeof TARGETS;

/** The resources that a project owns, without its states. */
export const OWN_TARGETS: ReadonlySet<Target> = new Set<Target>([
  'alarms',
  'buckets',
  'bucketObjects',
  'catalog',
  'dashboards',
  'databases',
  'functions',
  'functionsOfDatabases',
  'glueTables',
  'images',
  'logGroups',
  'queues',
  'roles',
  'scheduleGroups',
  'schedules',
  'tables',
  'workgroups',
]);

/** Returns the ARNs of a target. */
export function fillTarget(target: string, deployer: Deployer): readonly string[] {
  if (target === TARGETS.topics) return deployer.topics;
  const { partition, account, project, stateBucket, roles = [`${project}-*`] } = deployer;
  const filled = target
    .replace('PARTITION', partition)
    .replace('ACCOUNT', account)
    .replace('STATE_BUCKET', stateBucket)
    .replace('DATABASES', `${project.replaceAll('-', '_')}__*`)
    .replaceAll('PROJECT', project);
  return target.includes('ROLE') ? roles.map((role) => filled.replace('ROLE', role)) : [filled];
}
