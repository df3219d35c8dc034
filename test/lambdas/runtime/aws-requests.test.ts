import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { AWS_REQUESTS, S3_REQUESTS } from '../../../lambdas/runtime/aws-requests.js';
import { listFiles, readFiles } from '../../support/project/files.js';
import { serverPerTest } from '../../support/test-server.js';

const startServer = serverPerTest();

describe('requests to AWS', () => {
  test('connect within a second, and are answered within 4 s by S3 and 8 s by others', () => {
    expect([S3_REQUESTS, AWS_REQUESTS]).toMatchObject([
      {
        connectionTimeout: 1_000,
        requestTimeout: 4_000,
        socketTimeout: 8_000,
        throwOnRequestTimeout: true,
      },
      {
        connectionTimeout: 1_000,
        requestTimeout: 8_000,
        socketTimeout: 8_000,
        throwOnRequestTimeout: true,
      },
    ]);
  });

  test('of a client get these limits, and more sockets than the SDK gives', async () => {
    const client = new S3Client({ region: 'eu-central-1', requestHandler: S3_REQUESTS });
    // The handler resolves its options before its first request.
    const handler = client.config.requestHandler as unknown as { configProvider: Promise<object> };

    expect(await handler.configProvider).toMatchObject({
      connectionTimeout: 1_000,
      requestTimeout: 4_000,
      throwOnRequestTimeout: true,
      httpsAgent: { maxSockets: 256, keepAlive: true },
    });
  });

  test('that hang are sent again, and then fail', async () => {
    const server = await startServer(() => undefined);
    const client = new DynamoDBClient({
      endpoint: server.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: { ...AWS_REQUESTS, requestTimeout: 50 },
    });

    await expect(
      client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    // DynamoDB's client makes one attempt more than the others.
    expect(server.seen.length).toBeGreaterThanOrEqual(3);
  });

  test.each([200, 301, 403, 500])(
    'whose body with the status %i stalls are sent again, and then fail',
    async (status) => {
      const server = await startServer((_, response) => {
        response.writeHead(status, { 'Content-Length': 1_000 }).write('<Error><Code>');
      });
      const client = new S3Client({
        endpoint: server.url,
        region: 'eu-central-1',
        forcePathStyle: true,
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        requestHandler: { ...S3_REQUESTS, socketTimeout: 50 },
      });

      await expect(client.send(new ListObjectsV2Command({ Bucket: 'b' }))).rejects.toMatchObject({
        name: 'TimeoutError',
      });
      expect(server.seen.length).toBe(3);
    },
  );
});

/** Clients without a time limit: their file, and why. */
const UNLIMITED: Readonly<Record<string, string>> = {
  'cli/backfill/aws-target.ts: new LambdaClient({ region })': 'invokes a function synchronously',
  'cli/hold/caller.ts: new LambdaClient({ region })':
    'sends nothing: only its credentials are used',
};

test('every client of AWS has a limit for its requests', () => {
  const files = readFiles(listFiles('lambdas', 'pipelines', 'local', 'cli')).filter(
    ({ file }) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const clients = files.flatMap(({ file, text }) =>
    [...text.matchAll(/new \w+(?:Client|Provider)\(([^()]*(?:\([^()]*\))?[^()]*)\)/g)].map(
      ([whole, argument = '']) => ({ file, whole, argument, text }),
    ),
  );
  const unlimited = clients
    .filter(({ argument, text }) => {
      if (/requestHandler: (S3|AWS|UPLOAD)_REQUESTS/.test(argument)) return false;
      // The configuration is a variable or comes from a function of the same file.
      const name = /(?:^|: )(\w+)(?:\(\w+\))?(?: \})?$/.exec(argument.trim())?.[1] ?? '';
      const definition = new RegExp(
        `(?:const|function) ${name}\\b[\\s\\S]{0,300}requestHandler: (S3|AWS|UPLOAD)_REQUESTS`,
      );
      return name === '' || !definition.test(text);
    })
    .map(({ file, whole }) => `${file}: ${whole}`);

  expect(clients.length).toBeGreaterThan(15);
  expect(unlimited).toEqual(Object.keys(UNLIMITED));
});
