import { parseTopicArn } from '../values/arn.js';
import { checked } from './types.js';
import type { Fields } from './field.js';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

const MEMORY_MB = 512;
/** Measured: Node and a worker with the usual packages need 350 MB, and importing these needs the processor. */
const PYTHON_MEMORY_MB = 1024;

/** The timeout of a function, where config.yaml says nothing. */
export const TIMEOUT_SECONDS = 60;

export const FUNCTION_FIELDS = {
  timeout_seconds: {
    kind: 'number',
    min: 1,
    max: 900,
    unit: 'seconds',
    default: TIMEOUT_SECONDS,
    says: 'the timeout of a function',
  },
  memory_mb: {
    kind: 'number',
    min: 128,
    max: 10_240,
    unit: 'megabytes',
    default: MEMORY_MB,
    defaultFrom: {
      says: '`512`; `1024` with `python_function`',
      of: ({ python_function }) => (python_function === undefined ? MEMORY_MB : PYTHON_MEMORY_MB),
    },
    says: 'the memory of a function',
    note: 'The functions historic and verify have at least 1769 MB, which is one whole vCPU.',
  },
  // Without a limit a backfill takes the concurrency of the whole account, and overloads the ingestor.
  max_concurrency: {
    kind: 'number',
    min: 2,
    max: 1000,
    unit: 'concurrent batches',
    default: 10,
    says: 'the number of batches that are processed at the same time',
  },
  // Measured: with more, putting back a batch that fails takes longer than the function reserves for it.
  batch_size: {
    kind: 'number',
    min: 1,
    max: 1000,
    unit: 'messages',
    default: 10,
    says: 'the number of messages that one invocation receives at most',
    note: 'Above 10, batch_window_seconds must be at least 1.',
  },
  batch_window_seconds: {
    kind: 'number',
    min: 0,
    max: 300,
    unit: 'seconds',
    default: 0,
    says: 'the time that a batch may wait to fill up',
  },
  retry_delay_seconds: {
    kind: 'number',
    min: 0,
    max: 900,
    unit: 'seconds',
    default: 30,
    says: 'the delay before the first retry of a message; it doubles with each further retry',
    note: 'With 30, messages outlast an ingestor that is down for 37 minutes; with 1, for 4 minutes.',
  },
  verify_ingestion: {
    kind: 'boolean',
    default: true,
    says: 'whether Items that the ingestor accepted but failed to load are posted again',
    note: 'It costs about 2.60 dollars for a million Items. The ingestor must have GET /ingestions/{id}, as that of eoapi-cdk has.',
  },
  verify_tries: {
    kind: 'number',
    min: 1,
    max: 100,
    unit: 'tries',
    default: 3,
    needs: { verify_ingestion: 'without it no Item is posted again' },
    says: 'how often an Item that failed to load is posted again',
  },
  circuit_breaker: {
    kind: 'boolean',
    default: true,
    says: 'whether consumption of the queue is held while no post succeeds',
    note: 'After five minutes without a success it is held, and tried every five minutes.',
  },
  log_retention_days: {
    kind: 'number',
    values: LOG_RETENTION_DAYS,
    default: 30,
    says: 'the number of days that logs are kept',
  },
} as const satisfies Fields;

export const ALARM_FIELDS = {
  alarm_topic_arn: {
    kind: 'text',
    shared: true,
    parse: checked(parseTopicArn),
    unset: 'alarms notify no one',
    says: 'the ARN of the topic that alarms notify',
    note: 'An alarm only notifies topics in its own region.',
    allowed: 'ARN of an SNS topic in the region of the stack or of `sns`',
  },
  // The maximum is below the 7 days that the queue keeps a message: no message ever gets older. The default
  // is a day because a backfill fills the queue, which should not raise an alarm.
  max_age_minutes: {
    kind: 'number',
    min: 1,
    max: 10_079,
    unit: 'minutes',
    default: 1440,
    says: 'the age of the oldest message in the queue that raises an alarm',
    note: 'The queue keeps messages for 7 days.',
  },
  // CloudWatch evaluates a day of periods below an hour, and seven days of longer ones.
  max_silence_minutes: {
    kind: 'number',
    min: 10,
    max: 10_080,
    unit: 'minutes',
    unset: 'silence raises no alarm',
    says: 'the time without a posted Item that raises an alarm, for pipelines whose topic usually speaks',
    note: 'It is rounded up to 5 minutes, above a day to hours. CloudWatch looks back 7 days at most.',
  },
  dashboard: {
    kind: 'boolean',
    default: true,
    says: 'whether the stack has a CloudWatch dashboard',
    note: 'It is most of what an idle stack costs.',
  },
} as const satisfies Fields;
