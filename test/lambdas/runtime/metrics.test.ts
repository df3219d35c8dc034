import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { embeddedMetrics, silentMeter } from '../../../lambdas/runtime/metrics.js';
import { outputLines } from '../../support/output-lines.js';

let before: NodeJS.ProcessEnv;

beforeEach(() => {
  before = process.env;
  process.env = {
    ...before,
    POWERTOOLS_METRICS_NAMESPACE: 'stac',
    POWERTOOLS_SERVICE_NAME: 'sentinel1',
  };
});

afterEach(() => {
  process.env = before;
});

test('counts are summed into one value for each metric, in the embedded metric format', async () => {
  const lines = await outputLines(() => {
    const meter = embeddedMetrics();
    meter.count('ItemsMade', 3);
    meter.count('ItemsMade');
    meter.count('ItemsPosted', 2);
    meter.publish();
  });

  expect(lines).toMatchObject([{ service: 'sentinel1', ItemsMade: 4, ItemsPosted: 2 }]);
  const { CloudWatchMetrics } = lines[0]?.['_aws'] as { readonly CloudWatchMetrics: unknown };
  expect(CloudWatchMetrics).toEqual([
    {
      Namespace: 'stac',
      Dimensions: [['service']],
      Metrics: [
        { Name: 'ItemsMade', Unit: 'Count' },
        { Name: 'ItemsPosted', Unit: 'Count' },
      ],
    },
  ]);
});

test('every latency is kept, in milliseconds', async () => {
  const lines = await outputLines(() => {
    const meter = embeddedMetrics();
    meter.milliseconds('IngestorLatency', 12);
    meter.milliseconds('IngestorLatency', 30);
    meter.publish();
  });

  expect(lines).toMatchObject([{ IngestorLatency: [12, 30] }]);
  expect(JSON.stringify(lines[0])).toContain('"Unit":"Milliseconds"');
});

test('values are published only once', async () => {
  const lines = await outputLines(() => {
    const meter = embeddedMetrics();
    meter.count('MessagesSkipped', 5);
    meter.publish();
    meter.count('MessagesSkipped');
    meter.publish();
  });

  expect(lines.map(({ MessagesSkipped }) => MessagesSkipped)).toEqual([5, 1]);
});

test('nothing is written if nothing was counted', async () => {
  const lines = await outputLines(() => {
    embeddedMetrics().publish();
  });

  expect(lines).toEqual([]);
});

test('the silent meter writes nothing', async () => {
  const lines = await outputLines(() => {
    silentMeter.count('ItemsMade');
    silentMeter.milliseconds('IngestorLatency', 1);
    silentMeter.publish();
  });

  expect(lines).toEqual([]);
});
