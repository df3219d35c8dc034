import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';

export interface ProjectDashboardProps {
  readonly name: string;
  readonly project: string;
  /** Regions of the pipelines and their topics, that of the stack first. */
  readonly regions: readonly string[];
  /** CloudWatch namespace of the metrics that the functions publish. */
  readonly namespace: string;
}

/** The query of a search expression, without its quotes, and the statistic. */
interface Search {
  readonly query: string;
  readonly stat: 'Maximum' | 'Sum';
}

interface Graph {
  readonly title: string;
  readonly searches: readonly Search[];
}

/** CloudWatch lays widgets out on 24 columns, so two graphs fit in a row. */
const GRAPH = { width: 12, height: 6 };
const NOTE = { width: 24, height: 3 };
const PERIOD_SECONDS = 300;
/** The lines of a graph for each search and region. */
const SHOWN = 20;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_METRICS = { widget: 500, dashboard: 2_500 };

/**
 * One dashboard for all pipelines of a project. Its graphs search for metrics by the words of their names, so it does
 * not change with the pipelines, and shows those first that have most of what a graph is about.
 *
 * Resources: `aws_cloudwatch_dashboard`.
 */
export class ProjectDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ProjectDashboardProps) {
    super(scope, id);
    const widgets = [
      noteOf(props),
      ...graphsOf(props).map((graph, at) => widget(graph, at, props)),
    ];
    new CloudwatchDashboard(this, SELF, {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({ widgets }),
    });
  }
}

function graphsOf({ project, namespace }: ProjectDashboardProps): Graph[] {
  const queues = (metric: string, words: string): Search => ({
    query: `{AWS/SQS,QueueName} MetricName="${metric}" ${wordsOf('QueueName', project)} ${words}`,
    stat: 'Maximum',
  });
  const functions = (words: string): Search => ({
    query: `{AWS/Lambda,FunctionName} MetricName="Errors" ${wordsOf('FunctionName', project)} ${words}`,
    stat: 'Sum',
  });
  const counted = (metric: string): Search => ({
    query: `{${namespace},service} MetricName="${metric}"`,
    stat: 'Sum',
  });
  const granules = 'QueueName=granules NOT QueueName=letters';
  const [visible, age] = ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'];
  return [
    { title: 'Waiting messages', searches: [queues(visible, granules)] },
    { title: 'Seconds that the oldest message has waited', searches: [queues(age, granules)] },
    {
      title: 'Dead letters and failed events',
      // A search finds 500 metrics at most, and a pipeline may have five such queues.
      searches: ['letters', 'failure'].map((word) => queues(visible, `QueueName=${word}`)),
    },
    { title: 'Items posted', searches: [counted('ItemsPosted')] },
    {
      title: 'Failed invocations',
      searches: [functions('FunctionName=app'), functions('NOT FunctionName=app')],
    },
    {
      title: 'Messages that failed, for good or until the next try',
      searches: [counted('RecordsFailedPermanent'), counted('RecordsFailedTransient')],
    },
    {
      title: 'Items that were not loaded, or not verified',
      searches: [counted('IngestionsRequeued'), counted('IngestionsUnverified')],
    },
    { title: 'Runs of the breaker that hold consumption', searches: [counted('BreakerHolds')] },
  ];
}

/** A search knows words, not the beginnings of names: the project `stac-dev` is the words `stac` and `dev`. */
function wordsOf(dimension: string, project: string): string {
  const words = project.split('-').filter((word) => word !== '');
  return words.map((word) => `${dimension}=${word}`).join(' ');
}

function widget({ title, searches }: Graph, at: number, props: ProjectDashboardProps): object {
  const { regions } = props;
  const [region = ''] = regions;
  const shown = shownOf(searches.length * regions.length, graphsOf(props).length);
  const all = searches.flatMap((search) => regions.map((place) => ({ ...search, place })));
  return {
    type: 'metric',
    x: (at % 2) * GRAPH.width,
    y: NOTE.height + Math.floor(at / 2) * GRAPH.height,
    ...GRAPH,
    properties: {
      title,
      region,
      period: PERIOD_SECONDS,
      view: 'timeSeries',
      metrics: all.map(({ query, stat, place }, index) => [
        {
          id: `e${index + 1}`,
          expression: `SORT(SEARCH('${query}', '${stat}', ${PERIOD_SECONDS}), MAX, DESC, ${shown})`,
          // Without a text the lines have the names of queues, functions or pipelines alone.
          label: regions.length > 1 ? place : '',
          region: place,
        },
      ]),
    },
  };
}

/** The lines of each search, so that all together stay below the limits of CloudWatch. */
function shownOf(searches: number, graphs: number): number {
  const most = Math.min(MAX_METRICS.widget, Math.floor(MAX_METRICS.dashboard / graphs));
  return Math.max(1, Math.min(SHOWN, Math.floor(most / searches)));
}

function noteOf({ project }: ProjectDashboardProps): object {
  const words = project.split('-').filter((word) => word !== '');
  return {
    type: 'text',
    x: 0,
    y: 0,
    ...NOTE,
    properties: {
      markdown: [
        `**Pipelines of ${project}**, in each graph at most the ${SHOWN} with the highest values. \`npm run status -- --all\` says what needs action.`,
        '',
        `Queues and functions are found by the words of their names (${words.join(', ')}); what a pipeline counts itself is that of all projects of the account with a pipeline of that name.`,
      ].join('\n'),
    },
  };
}
