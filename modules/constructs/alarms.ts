import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { CloudwatchMetricAlarmConfig } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { multiply } from './tokens.js';

export interface AlarmsProps {
  /** Physical name for a subject, as `app-errors`. */
  readonly nameOf: (subject: string) => string;
  /** Topic of the alarms' own region. @default nobody is told; the alarm is seen on the dashboard */
  readonly topicArn?: string;
  /** @default the stack's own region */
  readonly provider?: TerraformProvider;
}

interface AlarmProps {
  readonly description: string;
  readonly metric: Pick<
    CloudwatchMetricAlarmConfig,
    'namespace' | 'metricName' | 'dimensions' | 'statistic'
  >;
  /** The alarm is raised above it. */
  readonly threshold: number;
}

const PERIOD_SECONDS = 300;

/** What a person has to look at. */
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
   * Visible messages, not sent ones: what SQS moves here by itself counts as sent nowhere.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  onDeadLetters(
    subject: string,
    { queue, description }: { readonly queue: string; readonly description: string },
  ): void {
    const metric = queueMetric(queue, 'ApproximateNumberOfMessagesVisible');
    this.add(subject, { description, metric, threshold: 0 });
  }

  onAge(
    subject: string,
    { queue, minutes }: { readonly queue: string; readonly minutes: number },
  ): void {
    const description = `A message has been waiting for more than ${minutes} minutes`;
    const metric = queueMetric(queue, 'ApproximateAgeOfOldestMessage');
    this.add(subject, { description, metric, threshold: multiply(minutes, 60) });
  }

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

  private add(subject: string, { description, metric, threshold }: AlarmProps): void {
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
      // Metrics of an idle queue or function are missing altogether.
      treatMissingData: 'notBreaching',
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
