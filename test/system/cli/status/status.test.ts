import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { catalogStatus } from '../../../../cli/status/catalog.js';
import { ingestorStatus } from '../../../../cli/status/ingestor.js';
import { queueStatus } from '../../../../cli/status/queues.js';
import type { SendHttp } from '../../../../lambdas/runtime/http.js';
import { ingestor } from '../../../../lambdas/ingestor/client.js';
import { ingestorReader } from '../../../../lambdas/ingestor/reader.js';
import { serve, type LocalRequest } from '../../../../local/http/server.js';
import {
  startLocalIngestor,
  type LocalIngestor,
} from '../../../../local/ingestor/local-ingestor.js';
import { functionServices } from '../../../support/function-services/server.js';
import { exampleItem } from '../../../support/granule.js';
import { AWS_ENV, runCli } from '../../../support/cli/run-cli.js';
import { startSqs, type SqsServer } from '../../../../local/queue/sqs-server.js';

const QUEUE = 'demo-example-granules';
const DEAD = 'demo-example-granules-dead-letters';

let sqs: SqsServer;
let functions: Awaited<ReturnType<typeof functionServices>>;
let items: LocalIngestor;

beforeEach(async () => {
  sqs = await startSqs([QUEUE, DEAD]);
  items = await startLocalIngestor();
  functions = await functionServices();
  for (const role of ['app', 'collection', 'breaker']) functions.create(`demo-example-${role}`);
  functions.mappings.create('demo-example-app', QUEUE);
  functions.table.tables.add('demo-example-state');
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
  await Promise.all([sqs.close(), items.close(), functions.close()]);
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
      retentionSeconds: 604_800,
      oldestSeconds: 180,
    });
  });

  test('has no age if it is empty or CloudWatch fails', async () => {
    const none = {
      name: QUEUE,
      visible: 0,
      inFlight: 0,
      delayed: 0,
      retentionSeconds: 604_800,
      oldestSeconds: undefined,
    };
    cloudWatch.on(GetMetricStatisticsCommand).rejects(new Error('AccessDenied'));

    await expect(queueStatus(address, clients())).resolves.toEqual(none);
    sqs.queue(QUEUE).send('{}');
    await expect(queueStatus(address, clients())).resolves.toEqual({ ...none, visible: 1 });
  });
});

test("the ingestor's list counts the Items of the pipeline's own Collection", async () => {
  items.setStatus('b', 'failed', 'pgSTAC said no');

  const reader = ingestorReader({ url: items.url, tokens: undefined });

  await expect(ingestorStatus(items.url, 'example', { reader })).resolves.toEqual({
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
  ])('is counted by %s', async (_, page, expected) => {
    const api = await serve(() => ({ status: 200, body: JSON.stringify(page) }));

    const status = await catalogStatus(`${api.url}/`, 'example');

    await api.close();
    expect(status).toEqual({ url: `${api.url}/collections/example`, items: expected });
  });

  /** An API whose list of Items has no count, with this response to a search. */
  async function afterSearch(status: number, body: string) {
    const searches: LocalRequest[] = [];
    const api = await serve((request) => {
      if (request.path !== '/search') return { status: 200, body: '{}' };
      searches.push(request);
      return { status, body };
    });
    const found = await catalogStatus(api.url, 'example');
    await api.close();
    expect(searches).toHaveLength(1);
    return { found, search: searches[0] };
  }

  test('is counted by a search that turns the count of pgSTAC on, where the list has none', async () => {
    const { found, search } = await afterSearch(200, '{"numberMatched": 9}');

    expect(found).toMatchObject({ items: 9 });
    expect(search?.method).toBe('POST');
    expect(search?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(search?.body ?? '')).toEqual({
      collections: ['example'],
      limit: 1,
      conf: { context: 'on', context_stats_ttl: '0 seconds' },
    });
  });

  test.each([
    [200, '{"features": []}', 'neither does a search'],
    [200, '<html>', 'neither does a search'],
    [405, '{}', 'a search that counts them returned HTTP status 405'],
  ])('is not counted if a search returns %i %s, and says why', async (status, body, uncounted) => {
    const { found } = await afterSearch(status, body);

    expect(found).toMatchObject({ items: undefined, uncounted });
  });

  test('is not counted if the search fails, for example because it takes too long', async () => {
    const slow: SendHttp = ({ url }) =>
      url.endsWith('/search')
        ? Promise.reject(new Error('no response within 20000 ms'))
        : Promise.resolve({ status: 200, headers: {}, body: Buffer.from('{}') });

    expect(await catalogStatus('https://stac', 'example', { send: slow })).toMatchObject({
      items: undefined,
      uncounted: 'POST https://stac/search failed: no response within 20000 ms',
    });
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
      'verify_ingestion: false',
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
    runCli('status', ['example', ...args], {
      cwd: folder,
      env: {
        AWS_ENDPOINT_URL: sqs.url,
        AWS_ENDPOINT_URL_LAMBDA: functions.url,
        AWS_ENDPOINT_URL_DYNAMODB: functions.url,
      },
    });

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
      'Consumption: on',
      'Functions: app, collection, breaker',
      'Ingestor: queued 2, started 0, failed 0, succeeded 0, cancelled 0',
      '',
      'No action needed.',
      '',
    ]);
  });

  test('exits with 1 if 60 messages wait and consumption is off, although nothing else is wrong', async () => {
    for (let count = 0; count < 60; count += 1) sqs.queue(QUEUE).send('{}');
    functions.mappings.set('demo-example-app', 'Disabled');

    const { code, stdout } = await status();

    expect(code).toBe(1);
    expect(stdout).toContain('\nConsumption: off\n');
    expect(stdout).toMatch(/Action needed:\n {2}consumption is off without a hold: [^\n]*\n$/);
  });

  test('prints what needs attention with exit code 1, and the parts that can be reached', async () => {
    sqs.queue(DEAD).send('{}');
    items.setStatus('b', 'failed', 'pgSTAC said no');
    functions.tag('demo-example-app', 'another hash');
    await sqs.close();
    sqs = await startSqs([DEAD]);
    sqs.queue(DEAD).send('{}');

    const [text, json] = [await status(), await status('--json')];

    expect(text.code).toBe(1);
    expect(text.stdout).toContain(`granules: could not be reached: queue ${QUEUE} does not exist`);
    expect(text.stdout).toContain('  failed b: pgSTAC said no\n');
    const { attention } = JSON.parse(json.stdout) as { readonly attention: readonly string[] };
    expect(attention).toEqual([
      expect.stringMatching(
        /^the function demo-example-app does not run the code .*: npm run deploy -- example replaces/,
      ),
      '1 dead letter: npm run redrive -- example',
      '1 Item accepted by the ingestor but not loaded',
      'the queue could not be reached',
    ]);
  });
});
