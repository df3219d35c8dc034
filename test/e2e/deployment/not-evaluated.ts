/** A statement, or some of its actions, that no test here can prove to be needed. */
export interface NotEvaluated {
  /** Name of the policy document in the synthesized stack. @default every document */
  readonly document?: string;
  readonly sid: string;
  /** @default all actions of the statement */
  readonly actions?: readonly string[];
  readonly reason: string;
  /** Page of the AWS documentation that says that it is needed. */
  readonly source: string;
}

const LAMBDA_ROLE = 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html';
const ATHENA_S3 = 'https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html';
const SCHEDULER_ROLE =
  'https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role';

export const NOT_EVALUATED: readonly NotEvaluated[] = [
  {
    sid: 'WriteLogs',
    reason: 'the emulator writes the logs of a function whatever its role allows',
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
    reason: "the emulator's event source mapping does not use the role of the function",
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  {
    sid: 'ListGranules',
    reason:
      'the emulator always returns 404 for a missing key, S3 returns 403 without s3:ListBucket',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html',
  },
  {
    sid: 'ReadCatalog',
    reason: "the emulator's Athena reads the Glue catalog without checking the caller",
    source:
      'https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html',
  },
  {
    sid: 'KeepResults',
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    reason: "the emulator's Athena writes results without checking the caller",
    source: ATHENA_S3,
  },
  {
    sid: 'FindResults',
    reason: "the emulator's Athena looks up its bucket without checking the caller",
    source: ATHENA_S3,
  },
  {
    sid: 'LocateInventory',
    reason: "the emulator's Athena looks up the inventory bucket without checking the caller",
    source: ATHENA_S3,
  },
  {
    sid: 'RunQueries',
    actions: ['athena:StopQueryExecution'],
    reason: 'only a restart during a running query stops that query',
    source: 'https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html',
  },
  {
    document: 'historic_policy-document',
    sid: 'RefuseRows',
    reason: 'no row of these inventories is refused, so that the function sends no dead letter',
    source:
      'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-iam-policies.html',
  },
  {
    document: 'historic_policy-document',
    sid: 'SendFailures',
    reason: 'the emulator sends failed invocations to the destination without checking the role',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html',
  },
  {
    document: 'verify_policy-document',
    sid: 'SendFailures',
    reason: 'the emulator sends failed invocations to the destination without checking the role',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html',
  },
  ...['SendDeadLetters', 'InvokeHistoric', 'InvokeVerify', 'InvokeBreaker'].map((sid) => ({
    document: 'schedules_policy-document',
    sid,
    reason: "the emulator's scheduler does not check the role of a schedule",
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
    reason: 'the emulator runs a function without checking the trust policy of its role',
    source: LAMBDA_ROLE,
  },
  {
    sid: 'OnlyWithTls',
    reason: 'the emulator uses plain HTTP, which the launcher declares to be TLS',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html',
  },
  {
    document: 'queue_subscription_dead-letters_policy',
    sid: 'AcceptTopic',
    reason: 'SNS gives up a delivery only after 23 days',
    source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html',
  },
];

export function whyNotEvaluated(document: string, sid: string): NotEvaluated | undefined {
  return NOT_EVALUATED.find(
    (entry) => entry.sid === sid && (entry.document === undefined || entry.document === document),
  );
}
