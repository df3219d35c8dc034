import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { S3Client } from '@aws-sdk/client-s3';
import { S3_REQUESTS } from '../../../lambdas/runtime/aws-requests.js';
import { s3Objects } from '../../../lambdas/inventory/objects.js';
import { readHttps } from '../../../lambdas/source/https.js';
import { S3Source } from '../../../lambdas/source/s3.js';
import { exampleHandler, exampleItem, sqsRecord } from '../../support/granule.js';
import { CONTENT, s3ClientConfig, s3Server, type Behaviour } from '../../support/s3-server.js';

let server: Awaited<ReturnType<typeof s3Server>> | undefined;
const environment = { ...process.env };

afterEach(async () => {
  process.env = { ...environment };
  await server?.close();
  server = undefined;
});

async function serve(keys: Readonly<Record<string, readonly Behaviour[]>>) {
  server = await s3Server(keys);
  return server;
}

function sourceAt(endpoint: string, requestHandler: object = S3_REQUESTS) {
  const client = new S3Client({ ...s3ClientConfig(endpoint), requestHandler });
  return new S3Source({ requesterPays: false }, client);
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const ended = async (isEnded: () => boolean) => {
  for (let turn = 0; turn < 100 && !isEnded(); turn += 1) await sleep(10);
  return isEnded();
};

describe('a read that hangs', () => {
  test('before its headers or in its body is read again by the deployed clients, each within 9 s', async () => {
    const { url, count } = await serve({
      headers: ['hang', 'ok'],
      body: ['stall', 'ok'],
      'result-headers': ['hang', 'ok'],
      'result-body': ['stall', 'ok'],
      'web-headers': ['hang', 'ok'],
      'web-body': ['stall', 'ok'],
    });
    // What the client of a deployed function reads from its environment.
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    });
    const source = new S3Source({ requesterPays: false });
    const objects = s3Objects({ requesterPays: false });
    const range = { offset: 0, length: 1000 };
    const started = performance.now();

    // The endpoint is an IP address, so the SDK puts the bucket into the path.
    const read = await Promise.all([
      source.read('s3://bucket/headers'),
      source.read('s3://bucket/body'),
      objects.read('s3://bucket/result-headers', range).then((part) => part?.bytes ?? Buffer.of()),
      objects.read('s3://bucket/result-body', range).then((part) => part?.bytes ?? Buffer.of()),
      readHttps(`${url}/web-headers`),
      readHttps(`${url}/web-body`),
    ]);

    expect(read.map(text)).toEqual(Array(6).fill(CONTENT));
    expect(performance.now() - started).toBeLessThan(11_000);
    expect(['headers', 'body', 'web-headers', 'web-body'].map(count)).toEqual([2, 2, 2, 2]);
  }, 30_000);

  test('in every attempt fails with what hung, and is transient', async () => {
    const { url, count } = await serve({ hang: ['hang'] });
    const source = sourceAt(url, { ...S3_REQUESTS, requestTimeout: 300 });

    await expect(source.read('s3://bucket/hang')).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(
        /^s3:\/\/bucket\/hang: cannot be read: TimeoutError/,
      ) as unknown,
    });
    expect(count('hang')).toBe(3);
  });
});

describe('a body that breaks off', () => {
  test('is read again, although the SDK does not', async () => {
    const { url, count } = await serve({ broken: ['break', 'break', 'ok'] });

    expect(text(await sourceAt(url).read('s3://bucket/broken'))).toBe(CONTENT);
    expect(count('broken')).toBe(3);
  });

  test('in every attempt is a transient error', async () => {
    const { url, count } = await serve({ broken: ['break'] });

    await expect(sourceAt(url).read('s3://bucket/broken')).rejects.toMatchObject({
      kind: 'transient',
      name: 'ReadError',
      href: 's3://bucket/broken',
    });
    expect(count('broken')).toBe(3);
  });
});

describe('a read that is given up', () => {
  test.each([
    ['before its headers', 'hang'],
    ['in the middle of its body', 'stall'],
  ] as const)('%s ends, frees its socket and is not read again', async (_, behaviour) => {
    const { url, count, unfinished } = await serve({ key: [behaviour] });
    const given = new AbortController();
    const reads = [
      sourceAt(url).read('s3://bucket/key', undefined, given.signal),
      readHttps(`${url}/key`, undefined, given.signal),
    ];
    const outcomes = Promise.allSettled(reads);
    expect(await ended(() => count('key') === 2)).toBe(true);
    await sleep(20);

    given.abort();

    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { name: 'ReadError', kind: 'transient' } },
      { status: 'rejected', reason: { name: 'ReadError', kind: 'transient' } },
    ]);
    expect(await ended(() => unfinished() === 0)).toBe(true);
    expect(count('key')).toBe(2);
  });

  test('before it began sends nothing', async () => {
    const { url, count } = await serve({});
    const signal = AbortSignal.abort();

    await expect(sourceAt(url).read('s3://bucket/key', undefined, signal)).rejects.toThrow();
    await expect(readHttps(`${url}/key`, undefined, signal)).rejects.toThrow('given up');
    expect(count('key')).toBe(0);
  });
});

describe('a warm container', () => {
  /** Runs batches of one container on the server. */
  function container(url: string, requestHandler: object) {
    const source = sourceAt(url, requestHandler);
    const createItem: Parameters<typeof exampleHandler>[0] = {
      createItem: async ({ href, source: files }) => {
        await files.read(`s3://bucket/${href}`);
        return exampleItem(href);
      },
    };
    return (names: readonly string[], timeoutMs: number) => {
      const { run, posted } = exampleHandler(createItem, { source });
      const started = performance.now();
      const records = names.map((name) => sqsRecord({ name }));
      return run(records, () => timeoutMs - (performance.now() - started)).then(
        () => posted.length,
      );
    };
  }

  test.each([
    ['before their headers', 'hang'],
    ['in the middle of their bodies', 'stall'],
  ] as const)('reads on after 50 GETs hung %s', async (_, behaviour) => {
    const hanging = Array.from({ length: 50 }, (__, index) => `h${String(index)}`);
    const { url, unfinished } = await serve(
      Object.fromEntries(hanging.map((key) => [key, [behaviour]])),
    );
    // As few sockets as the SDK has by default.
    const run = container(url, { ...S3_REQUESTS, httpAgent: { maxSockets: 50 } });

    expect(await run(hanging, 1_200)).toBe(0);

    expect(await ended(() => unfinished() === 0)).toBe(true);
    expect(await run(['a', 'b', 'c'], 2_000)).toBe(3);
  });
});
