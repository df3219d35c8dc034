import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { catalogStatus } from '../../../cli/status/catalog.js';
import { ingestorStatus } from '../../../cli/status/ingestor.js';
import { queueStatus } from '../../../cli/status/queues.js';
import { ingestor } from '../../../lambdas/ingestor/client.js';
import { serve } from '../../../local/http/server.js';
import { startLocalIngestor, type LocalIngestor } from '../../../local/ingestor/local-ingestor.js';
import { exampleItem } from '../../support/granule.js';
import { AWS_ENV, runCli } from '../../support/cli/run-cli.js';
import { startSqs, type SqsServer } from '../../../local/queue/sqs-server.js';

const QUEUE = 'demo-example-granules';
const DEAD = 'demo-example-granules-dead-letters';

let sqs: SqsServer;
let items: LocalIngestor;

beforeEach(async () => {
  sqs = await startSqs([QUEUE, DEAD]);
  items = await startLocalIngestor();
  Object.assign(process.env, AWS_ENV, { AWS_ENDPOINT_URL: sqs.url });
  const { postItem } = ingestor({ url: items.url, tokens: undefined });
  for (const [id, collection] of [
    ['a', 'example'],
    ['b', 'example'],
    ['c', 'another'],
  ] as const) {
    await postItem(exampleItem(id, { collection }), { deadline: Date.now() });
  }
});

afterEach(async () => {
  await Promise.all([sqs.close(), items.close()]);
});

describe('the queue', () => {
  const cloudWatch = mockClient(CloudWatchClient);
  const address = { name: QUEUE, region: 'eu-central-1' };
  const clients = () => ({
    sqs: new SQSClient({ region: 'eu-central-1' }),
    cloudWatch: new CloudWatchClient({ region: 'eu-central-1' }),
  });

  beforeEach(() => {
    cloudWatch.reset();
  });

  test('has depths, and the latest age that CloudWatch reported', async () => {
    for (let count = 0; count < 3; count += 1) sqs.queue(QUEUE).send('{}');
    sqs.queue(QUEUE).receive(1);
    const at = (minute: number, Maximum: number) => ({
      Timestamp: new Date(minute * 60_000),
      Maximum,
    });
    cloudWatch
      .on(GetMetricStatisticsCommand)
      .resolves({ Datapoints: [at(1, 60), at(3, 180), at(2, 120)] });

    await expect(queueStatus(address, clients())).resolves.toEqual({
      name: QUEUE,
      visible: 2,
      inFlight: 1,
      delayed: 0,
      oldestSeconds: 180,
    });
  });

  test('has no age if it is empty or CloudWatch fails', async () => {
    const none = { name: QUEUE, visible: 0, inFlight: 0, delayed: 0, oldestSeconds: undefined };
    cloudWatch.on(GetMetricStatisticsCommand).rejects(new Error('AccessDenied'));

    await expect(queueStatus(address, clients())).resolves.toEqual(none);
    sqs.queue(QUEUE).send('{}');
    await expect(queueStatus(address, clients())).resolves.toEqual({ ...none, visible: 1 });
  });
});

test("the ingestor's list counts the Items of the pipeline's own Collection", async () => {
  items.setStatus('b', 'failed', 'pgSTAC said no');

  await expect(ingestorStatus(items.url, 'example')).resolves.toEqual({
    url: items.url,
    counts: {
      queued: { count: 1, hasMore: false },
      started: { count: 0, hasMore: false },
      failed: { count: 1, hasMore: false },
      succeeded: { count: 0, hasMore: false },
      cancelled: { count: 0, hasMore: false },
    },
    failed: [
      {
        id: 'b',
        message: 'pgSTAC said no',
        updatedAt: expect.stringMatching(/Z$/) as unknown as string,
      },
    ],
  });
});

describe('the STAC API', () => {
  test.each([
    ['numberMatched', { numberMatched: 7 }, 7],
    ['the older context', { context: { matched: 8 } }, 8],
    ['nothing', {}, undefined],
  ])('is counted by %s', async (_, page, expected) => {
    const api = await serve(() => ({ status: 200, body: JSON.stringify(page) }));

    const status = await catalogStatus(`${api.url}/`, 'example');

    await api.close();
    expect(status).toEqual({ url: `${api.url}/collections/example`, items: expected });
  });

  test.each([
    [404, '{}', 'the Collection does not exist'],
    [500, '{}', 'returned HTTP status 500'],
    [200, '<html>', 'returned a response that is not STAC'],
  ])('returning %i %s is an error', async (status, body, message) => {
    const api = await serve(() => ({ status, body }));

    const request = catalogStatus(api.url, 'example');

    await expect(request).rejects.toThrow(message);
    await api.close();
    await expect(catalogStatus(api.url, 'example')).rejects.toThrow('failed: ');
  });
});

describe('npm run status', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'status-'));
    const pipeline = join(folder, 'pipelines/example');
    mkdirSync(pipeline, { recursive: true });
    const app = `import { granuleHandler } from ${JSON.stringify(resolve('lambdas/granule-handler.ts'))};
export const handler = granuleHandler({ collectionId: 'example', parseMessage: () => undefined, createItem: () => Promise.reject(new Error()) });`;
    const config = [
      'id: example',
      'compute: awslambda',
      `ingestor_url: ${items.url}`,
      'secret_arn: arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf',
    ];
    writeFileSync(join(pipeline, 'config.yaml'), `${config.join('\n')}\n`);
    writeFileSync(join(pipeline, 'app.ts'), app);
    writeFileSync(join(pipeline, 'collection.ts'), '');
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const status = (...args: string[]) =>
    runCli('status', ['example', ...args], { cwd: folder, env: { AWS_ENDPOINT_URL: sqs.url } });

  test('prints the status with exit code 0 if all is well', async () => {
    sqs.queue(QUEUE).send('{}');

    const { code, stdout, stderr } = await status();

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'example (Collection example)',
      '',
      'QUEUE         VISIBLE  IN FLIGHT  DELAYED  OLDEST',
      'granules            1          0        0       -',
      'dead letters        0          0        0       -',
      '',
      'Ingestor: queued 2, started 0, failed 0, succeeded 0, cancelled 0',
      '',
      'No action needed.',
      '',
    ]);
  });

  test('prints what needs attention with exit code 1, and the parts that can be reached', async () => {
    sqs.queue(DEAD).send('{}');
    items.setStatus('b', 'failed', 'pgSTAC said no');
    await sqs.close();
    sqs = await startSqs([DEAD]);
    sqs.queue(DEAD).send('{}');

    const [text, json] = [await status(), await status('--json')];

    expect(text.code).toBe(1);
    expect(text.stdout).toContain(`granules: could not be reached: queue ${QUEUE} does not exist`);
    expect(text.stdout).toContain('  failed b: pgSTAC said no\n');
    const { attention } = JSON.parse(json.stdout) as { readonly attention: readonly string[] };
    expect(attention).toEqual([
      '1 dead letter: npm run redrive -- example',
      '1 Item accepted by the ingestor but not loaded',
      'the queue could not be reached',
    ]);
  });
});
