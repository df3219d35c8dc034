import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pipelineNames, projectDashboard } from '../../../modules/config/names.js';
import { synthesizeBootstrap } from '../../../modules/stacks/synthesize.js';
import { fillTarget, TARGETS } from '../../../modules/deployer/targets.js';
import { readStack, resourceOf, type Block } from '../../support/stacks/stack-kit.js';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly region?: string;
    readonly markdown?: string;
    readonly metrics?: readonly [
      Readonly<Record<'id' | 'expression' | 'label' | 'region', string>>,
    ][];
  };
}

const DASHBOARD = 'aws_cloudwatch_dashboard.dashboard';

function bootstrap(regions: readonly string[] | undefined, name = 'stac-dev') {
  const outdir = mkdtempSync(join(tmpdir(), 'dashboard-'));
  const bucket = { bucket: 'states', region: 'eu-west-1' };
  synthesizeBootstrap(
    { name, bucket, images: [], ...(regions && { dashboard: { regions } }) },
    { outdir },
  );
  return readStack(join(outdir, 'stacks', 'bootstrap'));
}

function dashboardOf(regions: readonly string[], name?: string): Block {
  return resourceOf(bootstrap(regions, name), DASHBOARD);
}

function widgetsOf(block: Block): readonly Widget[] {
  return (JSON.parse(String(block['dashboard_body'])) as { readonly widgets: Widget[] }).widgets;
}

const metricsOf = ({ properties: { metrics = [] } }: Widget) => metrics.map(([metric]) => metric);

describe("a project's dashboard", () => {
  const block = dashboardOf([]);
  const widgets = widgetsOf(block);

  test('finds queues and functions by the words of the project, and no dead letters among granules', () => {
    const expressions = widgets.flatMap(metricsOf).map(({ expression }) => expression);

    expect(block['dashboard_name']).toBe('stac-dev-pipelines');
    expect(expressions).toHaveLength(12);
    expect(expressions[0]).toBe(
      `SORT(SEARCH('{AWS/SQS,QueueName} MetricName="ApproximateNumberOfMessagesVisible" QueueName=stac QueueName=dev QueueName=granules NOT QueueName=letters', 'Maximum', 300), MAX, DESC, 20)`,
    );
    expect(expressions).toContain(
      `SORT(SEARCH('{StacPipelines,service} MetricName="ItemsPosted"', 'Sum', 300), MAX, DESC, 20)`,
    );
    expect(
      expressions.filter((text) => text.includes('FunctionName=stac FunctionName=dev')),
    ).toHaveLength(2);
  });

  test('searches for words that the queues of a pipeline have', () => {
    const names = pipelineNames({
      project: 'stac-dev',
      pipeline: 'waves',
      account: '123456789012',
    });
    const all = [
      names.queue,
      ...[names.deadLetters, names.subscriptionDeadLetters, names.scheduleDeadLetters],
      ...[names.functions.historic.onFailureQueue, names.functions.verify.onFailureQueue],
    ];
    const found = (query: string) => {
      const terms = [...query.matchAll(/(NOT )?QueueName=(\w+)/g)];
      return all.filter((name) =>
        terms.every(
          ([, not, word = '']) => name.split(/\W/).includes(word) === (not === undefined),
        ),
      );
    };
    const [waiting, , dead] = widgets.filter(({ type }) => type === 'metric');
    const queries = (widget: Widget | undefined) =>
      widget === undefined ? [] : metricsOf(widget).map(({ expression }) => expression);

    expect(queries(waiting).flatMap(found)).toEqual([names.queue]);
    expect(queries(dead).flatMap(found)).toEqual(all.slice(1));
  });

  test('does not depend on the pipelines, so that a new one changes no plan', () => {
    expect(dashboardOf(['eu-west-1'])).toEqual(block);
  });

  test('searches in each region of the pipelines', () => {
    const [, waiting] = widgetsOf(dashboardOf(['eu-west-1', 'us-west-2']));

    expect(waiting?.properties.region).toBe('eu-west-1');
    expect(
      waiting && metricsOf(waiting).map(({ id, label, region }) => [id, label, region]),
    ).toEqual([
      ['e1', 'eu-west-1', 'eu-west-1'],
      ['e2', 'us-west-2', 'us-west-2'],
    ]);
  });

  test.each([1, 3, 30])('stays below the limits of CloudWatch with %i regions', (count) => {
    const regions = Array.from({ length: count }, (_, index) => `eu-west-${index + 1}`);
    const all = widgetsOf(dashboardOf(regions, 'p'.repeat(20)));
    const lines = all.map((one) =>
      metricsOf(one).reduce(
        (sum, { expression }) => sum + Number(/DESC, (\d+)\)$/.exec(expression)?.[1]),
        0,
      ),
    );

    // Metrics of a graph, metrics of a dashboard, searches of a graph, characters of a search.
    expect(Math.max(...lines)).toBeLessThanOrEqual(500);
    expect(lines.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(2_500);
    expect(Math.max(...all.map((one) => metricsOf(one).length))).toBeLessThanOrEqual(100);
    const searches = all.flatMap(metricsOf).map(({ expression }) => expression.length);
    expect(Math.max(...searches)).toBeLessThanOrEqual(1_024);
  });

  test('lays its widgets out without overlaps, on 24 columns', () => {
    for (const one of widgets) {
      expect(one.x + one.width).toBeLessThanOrEqual(24);
      const overlaps = widgets.filter(
        (other) =>
          other !== one &&
          one.x < other.x + other.width &&
          other.x < one.x + one.width &&
          one.y < other.y + other.height &&
          other.y < one.y + one.height,
      );
      expect(overlaps).toEqual([]);
    }
  });

  test('can be left out', () => {
    expect(bootstrap(undefined).resource).not.toHaveProperty('aws_cloudwatch_dashboard');
  });

  test('has a name that the deployer may change, and that no pipeline of any project has', () => {
    const deployer = {
      partition: 'aws',
      account: '1',
      project: 'stac',
      stateBucket: 's',
      topics: [],
    };
    const [allowed = ''] = fillTarget(TARGETS.dashboards, deployer);
    const arn = `arn:aws:cloudwatch::1:dashboard/${projectDashboard('stac')}`;

    expect(arn.startsWith(allowed.replace(/\*$/, ''))).toBe(true);
    const { dashboard } = pipelineNames({ project: 'stac', pipeline: 'pipelines', account: '1' });
    expect(dashboard.endsWith('-dashboard')).toBe(true);
    expect(projectDashboard('stac')).toMatch(/^stac-pipelines$/);
  });
});
