import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { serve, type LocalServer } from '../../../../local/http/server.js';
import { startSqs, type SqsServer } from '../../../../local/queue/sqs-server.js';
import { runCli } from '../../../support/cli/run-cli.js';
import { httpServer, json } from '../../../support/http-server.js';

const DEAD = 'demo-example-granules-dead-letters';
const RECORD = {
  level: 'INFO',
  message: 'record',
  timestamp: '2024-05-01T12:00:00.000Z',
  itemId: 'tile_1',
  messageId: 'm-1',
  outcome: 'posted',
  about: 's3://tiles/a/tile_1.tif',
};

let folder: string;
let sqs: SqsServer;
let stac: LocalServer;
let logs: Awaited<ReturnType<typeof httpServer>>;
let isLogDenied: boolean;

beforeEach(async () => {
  isLogDenied = false;
  sqs = await startSqs([DEAD]);
  stac = await serve(({ path }) =>
    path === '/collections/example/items/tile_1'
      ? { status: 200, body: JSON.stringify({ id: 'tile_1', properties: {} }) }
      : { status: 404, body: '{}' },
  );
  logs = await httpServer((request, response) => {
    const target = String(request.headers['x-amz-target']);
    if (isLogDenied) {
      const __type = 'AccessDeniedException';
      const message = 'not authorized to perform: logs:StartQuery';
      json(400, { __type, message })(request, response);
      return;
    }
    const results = [[{ field: '@message', value: JSON.stringify(RECORD) }]];
    const isStart = target.endsWith('StartQuery');
    json(200, isStart ? { queryId: 'q' } : { status: 'Complete', results })(request, response);
  });
  folder = mkdtempSync(join(tmpdir(), 'trace-'));
  const pipeline = join(folder, 'pipelines/example');
  mkdirSync(pipeline, { recursive: true });
  const factory = JSON.stringify(resolve('lambdas/granule-handler.ts'));
  writeFileSync(
    join(pipeline, 'app.ts'),
    `import { granuleHandler } from ${factory};
export const handler = granuleHandler({ collectionId: 'example', parseMessage: () => undefined, createItem: () => Promise.reject(new Error()) });`,
  );
  const config = [
    'id: example',
    'compute: awslambda',
    'ingestor_url: http://127.0.0.1:9/api',
    `stac_api_url: ${stac.url}`,
    'secret_arn: arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf',
    'verify_ingestion: false',
  ];
  writeFileSync(join(pipeline, 'config.yaml'), `${config.join('\n')}\n`);
  writeFileSync(join(pipeline, 'collection.ts'), '');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});

afterEach(async () => {
  await Promise.all([sqs.close(), stac.close(), logs.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const trace = (...args: string[]) =>
  runCli('trace', ['example', ...args], {
    cwd: folder,
    env: { AWS_ENDPOINT_URL: sqs.url, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.url },
  });

test('a key leads through the log to its Item, and sources that fail are named', async () => {
  sqs.queue(DEAD).send('{"path":"a/tile_2.tif"}');

  const { code, stdout, stderr } = await trace('a/tile_1.tif', '--json', '--wait', '30');

  expect(stderr).toBe('');
  const answer = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  expect(answer).toMatchObject({
    pipeline: 'example',
    collection: 'example',
    itemIds: ['tile_1'],
    events: [
      { source: 'log of app', kind: 'posted' },
      { source: 'catalogue', kind: 'item' },
    ],
    conclusion: 'In the catalogue since 2024-05-01 12:00Z, as Item tile_1; not known: ingestor.',
    needsAttention: true,
  });
  expect(code).toBe(1);
});

test('a dead letter is shown although the log is denied', async () => {
  isLogDenied = true;
  sqs.queue(DEAD).send('{"path":"a/tile_9.tif"}');

  const { code, stdout } = await trace('tile_9', '--wait', '30');

  expect(code).toBe(1);
  expect(stdout).toMatch(/dead letters +a message is in the dead letters/);
  expect(stdout).toMatch(/log of app, .*: unknown .*not authorized to perform: logs:StartQuery/);
  expect(stdout).toMatch(/\nIn the dead letters since .*\n$/);
});

test.each([
  [[], 'missing argument <granule, key or Item id>'],
  [['x', '--since', 'yesterday'], '--since must be a time such as'],
  [['x', '--since', '1d', '--until', '2d'], '--since must be before --until'],
  [['x', '--wait', '0'], '--wait must be a whole number of at least 1'],
])('%j is refused in one sentence', async (args, message) => {
  const { code, stderr } = await trace(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
