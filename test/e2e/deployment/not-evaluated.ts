/** A statement, or some actions of it, that no test here can show to be needed. */
export interface NotEvaluated {
  /** Of the policy document, as in the synthesized stack; every document without it. */
  readonly document?: string;
  readonly sid: string;
  /** @default all of the statement's */
  readonly actions?: readonly string[];
  readonly reason: string;
  /** Where AWS says that it is needed. */
  readonly source: string;
}

const LAMBDA_ROLE = 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html';
const ATHENA_S3 = 'https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html';
const SCHEDULER_ROLE =
  'https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role';

export const NOT_EVALUATED: readonly NotEvaluated[] = [
  {
    sid: 'WriteLogs',
    reason: 'the emulator keeps the logs of a function whatever its role may do',
    source: LAMBDA_ROLE,
  },
  {
    sid: 'WriteTraces',
    reason: 'the emulator has no X-Ray',
    source: 'https://docs.aws.amazon.com/xray/latest/devguide/xray-services-lambda.html',
  },
  {
    sid: 'TakeGranules',
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    reason: "the emulator's mapping polls with rights of its own",
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  {
    sid: 'ListGranules',
    reason:
      'the emulator answers 404 for a missing key to everybody, S3 answers 403 without s3:ListBucket',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html',
  },
  {
    sid: 'ReadCatalog',
    reason: "the emulator's Athena reads the catalogue with rights of its own",
    source:
      'https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html',
  },
  {
    sid: 'KeepResults',
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    reason: "the emulator's Athena writes results with rights of its own",
    source: ATHENA_S3,
  },
  {
    sid: 'FindResults',
    reason: "the emulator's Athena looks for its bucket with rights of its own",
    source: ATHENA_S3,
  },
  {
    sid: 'LocateInventory',
    reason: "the emulator's Athena looks for the inventory's bucket with rights of its own",
    source: ATHENA_S3,
  },
  {
    sid: 'RunQueries',
    actions: ['athena:StopQueryExecution'],
    reason: 'only a backfill that is restarted while a query runs stops it',
    source: 'https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html',
  },
  {
    document: 'historic_policy-document',
    sid: 'SendFailures',
    reason: 'the emulator sends failed invocations on with rights of its own',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html',
  },
  {
    document: 'verify_policy-document',
    sid: 'SendFailures',
    reason: 'the emulator sends failed invocations on with rights of its own',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html',
  },
  ...['SendDeadLetters', 'InvokeHistoric', 'InvokeVerify'].map((sid) => ({
    document: 'schedules_policy-document',
    sid,
    reason: "the emulator's scheduler does not look at the role of a schedule",
    source: SCHEDULER_ROLE,
  })),
  {
    document: 'schedules_trust',
    sid: 'RunAsSchedule',
    reason: "the emulator's scheduler assumes no role",
    source: SCHEDULER_ROLE,
  },
  {
    sid: 'RunAsFunction',
    reason: 'the emulator runs a function whatever its role trusts',
    source: LAMBDA_ROLE,
  },
  {
    sid: 'OnlyWithTls',
    reason: 'the emulator speaks plain HTTP; the launcher says that it is TLS',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html',
  },
  {
    document: 'queue_subscription_dead-letters_policy',
    sid: 'AcceptTopic',
    reason: 'nothing here makes SNS give up a delivery: it tries for 23 days',
    source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html',
  },
];

export function whyNotEvaluated(document: string, sid: string): NotEvaluated | undefined {
  return NOT_EVALUATED.find(
    (entry) => entry.sid === sid && (entry.document === undefined || entry.document === document),
  );
}
