import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { CloudwatchMetricAlarmConfig } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { multiply } from './tokens.js';

export interface AlarmsProps {
  /** Returns the physical name of the alarm for a subject such as `app-errors`. */
  readonly nameOf: (subject: string) => string;
  /**
   * SNS topic that the alarms notify, in their own region.
   * @default no notification: alarms show only in the console
   */
  readonly topicArn?: string;
  /** Provider of the region that the alarms and their metrics are in. @default the stack's own region */
  readonly provider?: TerraformProvider;
}

interface AlarmProps {
  readonly description: string;
  readonly metric: Pick<
    CloudwatchMetricAlarmConfig,
    'namespace' | 'metricName' | 'dimensions' | 'statistic'
  >;
  /** The alarm goes off when the metric exceeds this value. */
  readonly threshold: number;
  /** What differs from other alarms. */
  readonly unlike?: Partial<CloudwatchMetricAlarmConfig>;
}

/** A metric that should stay 0. */
export interface CountedProblem extends Pick<
  CloudwatchMetricAlarmConfig,
  'namespace' | 'metricName' | 'dimensions'
> {
  readonly description: string;
}

/** A metric that should not exceed a limit. */
export interface LimitedValue extends CountedProblem {
  readonly threshold: number;
}

/** A metric that counts something that should happen again and again. */
export interface ExpectedCount extends CountedProblem {
  readonly over: EvaluatedTime;
}

/** The time that an alarm looks back, in periods. */
export interface EvaluatedTime {
  readonly periodSeconds: number;
  readonly periods: number;
}

const PERIOD_SECONDS = 300;

/**
 * Alarms of one region.
 *
 * Resources: `aws_cloudwatch_metric_alarm`, one for each dead-letter queue, for each queue's age and for each metric with a
 * limit or an expected count, and two for each function (errors and throttles).
 */
export class Alarms extends Construct {
  readonly arns: string[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmsProps,
  ) {
    super(scope, id);
  }

  /**
   * Adds an alarm on any message in a dead-letter queue. It counts visible messages, because messages that SQS itself
   * moves to the queue do not count as sent.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  onDeadLetters(
    subject: string,
    { queue, description }: { readonly queue: string; readonly description: string },
  ): void {
    const metric = queueMetric(queue, 'ApproximateNumberOfMessagesVisible');
    this.add(subject, { description, metric, threshold: 0 });
  }

  /** Adds an alarm on the age of a queue's oldest message. */
  onAge(
    subject: string,
    { queue, minutes }: { readonly queue: string; readonly minutes: number },
  ): void {
    const description = `A message has been waiting for more than ${minutes} minutes`;
    const metric = queueMetric(queue, 'ApproximateAgeOfOldestMessage');
    this.add(subject, { description, metric, threshold: multiply(minutes, 60) });
  }

  /** Adds an alarm on a metric of the functions that counts what should not happen. */
  onCount(subject: string, { description, ...metric }: CountedProblem): void {
    this.add(subject, { description, metric: { ...metric, statistic: 'Sum' }, threshold: 0 });
  }

  /** Adds an alarm on a metric of the functions whose highest value should not exceed a limit. */
  onMaximum(subject: string, { description, threshold, ...metric }: LimitedValue): void {
    const highest = { ...metric, statistic: 'Maximum' };
    this.add(subject, { description, metric: highest, threshold });
  }

  /** Adds an alarm on a metric of the functions that has counted nothing for some time. */
  onSilence(subject: string, { description, over, ...metric }: ExpectedCount): void {
    const unlike = {
      comparisonOperator: 'LessThanThreshold',
      period: over.periodSeconds,
      evaluationPeriods: over.periods,
      // Functions that post nothing publish no data points.
      treatMissingData: 'breaching',
    };
    this.add(subject, {
      description,
      metric: { ...metric, statistic: 'Sum' },
      threshold: 1,
      unlike,
    });
  }

  /** Adds an alarm on failed invocations of a function, and one on throttled ones. */
  onFunction(subject: string, name: string): void {
    const failed = {
      Errors: 'failed as a whole',
      Throttles: 'was refused for want of concurrency',
    };
    for (const [metricName, what] of Object.entries(failed)) {
      this.add(`${subject}-${metricName.toLowerCase()}`, {
        description: `An invocation of ${name} ${what}`,
        metric: {
          namespace: 'AWS/Lambda',
          metricName,
          dimensions: { FunctionName: name },
          statistic: 'Sum',
        },
        threshold: 0,
      });
    }
  }

  private add(subject: string, { description, metric, threshold, unlike }: AlarmProps): void {
    const { nameOf, topicArn, provider } = this.props;
    const notified = topicArn === undefined ? undefined : [topicArn];
    const alarm = new CloudwatchMetricAlarm(this, subject, {
      alarmName: nameOf(subject),
      alarmDescription: description,
      ...metric,
      threshold,
      comparisonOperator: 'GreaterThanThreshold',
      period: PERIOD_SECONDS,
      evaluationPeriods: 1,
      // An idle queue or function publishes no data points.
      treatMissingData: 'notBreaching',
      ...unlike,
      ...(notified && { alarmActions: notified, okActions: notified }),
      ...(provider && { provider }),
    });
    this.arns.push(alarm.arn);
  }
}

function queueMetric(queue: string, metricName: string): AlarmProps['metric'] {
  return {
    namespace: 'AWS/SQS',
    metricName,
    dimensions: { QueueName: queue },
    statistic: 'Maximum',
  };
}
