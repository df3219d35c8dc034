import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';

export interface DashboardProps {
  readonly name: string;
  readonly region: string;
  /** Domain of the AWS console in that region. */
  readonly consoleDomain: string;
  /** Names of the queues whose depth and age are shown. */
  readonly queues: readonly string[];
  readonly deadLetters: readonly RegionalQueue[];
  readonly functions: readonly string[];
  /** CloudWatch namespace and `service` dimension of the metrics that the functions publish. */
  readonly metrics: { readonly namespace: string; readonly service: string };
}

export interface RegionalQueue {
  readonly name: string;
  readonly region: string;
}

/** Metrics that the functions count; a test compares them with the calls in lambdas/. */
const COUNTED = [
  'ItemsMade',
  'ItemsPosted',
  'ItemsSuperseded',
  'MessagesSkipped',
  'BackfillMessagesSkipped',
  'RecordsFailedPermanent',
  'RecordsFailedTransient',
  'RowsRefused',
  'RowsArchived',
  'IngestionsLoaded',
  'IngestionsRequeued',
  'IngestionsDead',
  'IngestionsUnverified',
  'BreakerHolds',
  'TokenRequests',
] as const;

type Metric = readonly (string | Readonly<Record<string, string>>)[];

interface Graph {
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly stat?: string;
}

/** CloudWatch lays widgets out on 24 columns, so two fit in a row. */
const SIZE = { width: 12, height: 6 };
const PERIOD_SECONDS = 300;

/**
 * Four graphs of a pipeline: waiting messages, dead letters, functions, and Items.
 *
 * Resources: `aws_cloudwatch_dashboard`.
 */
export class Dashboard extends Construct {
  /** Address in the AWS console. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const dashboard = new CloudwatchDashboard(this, SELF, {
      dashboardName: props.name,
      dashboardBody: Fn.jsonencode({
        widgets: graphsOf(props).map((graph, index) =>
          widget(graph, { index, region: props.region }),
        ),
      }),
    });
    const { region, consoleDomain } = props;
    this.url = `https://${region}.${consoleDomain}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`;
  }
}

function graphsOf({ queues, deadLetters, functions, metrics }: DashboardProps): Graph[] {
  return [
    {
      title: 'Waiting messages, and seconds that the oldest has waited',
      stat: 'Maximum',
      metrics: queues.flatMap((queue): Metric[] => [
        ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', queue],
        ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', queue, { yAxis: 'right' }],
      ]),
    },
    {
      title: 'Dead letters',
      stat: 'Maximum',
      metrics: deadLetters.map(({ name, region }) => [
        'AWS/SQS',
        'ApproximateNumberOfMessagesVisible',
        'QueueName',
        name,
        { region },
      ]),
    },
    {
      title: 'Functions',
      metrics: functions.flatMap((name) =>
        ['Invocations', 'Errors', 'Throttles'].map((metric): Metric => [
          'AWS/Lambda',
          metric,
          'FunctionName',
          name,
        ]),
      ),
    },
    {
      title: 'Items, messages and tokens',
      metrics: COUNTED.map((name) => [metrics.namespace, name, 'service', metrics.service]),
    },
  ];
}

function widget(
  { title, metrics, stat = 'Sum' }: Graph,
  at: { readonly index: number; readonly region: string },
): object {
  return {
    type: 'metric',
    x: (at.index % 2) * SIZE.width,
    y: Math.floor(at.index / 2) * SIZE.height,
    ...SIZE,
    properties: {
      title,
      metrics,
      stat,
      region: at.region,
      period: PERIOD_SECONDS,
      view: 'timeSeries',
    },
  };
}
