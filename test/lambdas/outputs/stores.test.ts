import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from '@jest/globals';
import { folderStore } from '../../../lambdas/outputs/folder-store.js';
import { s3Store } from '../../../lambdas/outputs/s3-store.js';
import { failureOf } from '../../../lambdas/runtime/errors.js';

interface Received {
  readonly call: string;
  readonly type: string | undefined;
  readonly bytes: number;
}

const MULTIPART = {
  start: '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>',
  end: '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>',
};
const DENIED = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** An S3 that keeps what it was sent, or refuses everything. */
async function s3({ status = 200 } = {}) {
  const received: Received[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      const url = request.url ?? '';
      received.push({
        call: `${request.method ?? ''} ${url.replace(/[?&]x-id=\w+/, '')}`,
        type: request.headers['content-type'],
        bytes,
      });
      const body = url.includes('uploads') ? MULTIPART.start : MULTIPART.end;
      response.writeHead(status, { etag: '"e"' });
      response.end(status === 200 ? (request.method === 'POST' ? body : '') : DENIED);
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  return { store: s3Store({ outputs: 's3://copies/sst/', client }), received };
}

const file = { name: 'sst/a/b c.tif', type: 'image/tiff' };
const folder = mkdtempSync(join(tmpdir(), 'outputs-'));

describe('the store in S3', () => {
  test('writes bytes with their media type and returns the href', async () => {
    const { store, received } = await s3();

    expect(await store.put(Buffer.from('abc'), file)).toBe('s3://copies/sst/sst/a/b c.tif');
    expect(received).toEqual([
      { call: 'PUT /copies/sst/sst/a/b%20c.tif', type: 'image/tiff', bytes: 3 },
    ]);
  });

  test.each([
    [0, 1],
    [5, 1],
  ])('writes a file of %d bytes with %d request', async (bytes, requests) => {
    const { store, received } = await s3();
    const path = join(folder, `small-${bytes}`);
    writeFileSync(path, 'x'.repeat(bytes));
    await store.put(path, file);

    expect(received.map((one) => one.bytes)).toEqual([bytes]);
    expect(received).toHaveLength(requests);
  });

  test('writes a large file in parts', async () => {
    const { store, received } = await s3();
    const path = join(folder, 'large');
    writeFileSync(path, Buffer.alloc(20 * 1024 * 1024));
    await store.put(path, file);
    const parts = received.filter(({ call }) => call.includes('partNumber='));

    expect(received[0]).toMatchObject({
      call: expect.stringContaining('?uploads'),
      type: 'image/tiff',
    });
    expect(parts.map(({ bytes }) => bytes).sort()).toEqual([4 << 20, 8 << 20, 8 << 20].sort());
    expect(received.at(-1)?.call).toContain('uploadId=1');
  });

  test('says why it cannot write', async () => {
    const { store } = await s3({ status: 403 });
    const error: unknown = await store
      .put(Buffer.from('abc'), file)
      .catch((thrown: unknown) => thrown);

    expect(failureOf(error)).toEqual({
      kind: 'transient',
      name: 'OutputError',
      message:
        's3://copies/sst/sst/a/b c.tif: cannot be written: AccessDenied: no: check that the bucket policy, and the ' +
        'policy of its KMS key if it has one, let the role of the function write',
    });
  });

  test('refuses a file that is not there', async () => {
    const { store } = await s3();
    const error: unknown = await store
      .put(join(folder, 'missing'), file)
      .catch((thrown: unknown) => thrown);

    expect(failureOf(error)).toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('no such file'),
    });
  });

  test('starts no upload of a granule that was given up', async () => {
    const { store, received } = await s3();
    const signal = AbortSignal.abort();

    await expect(store.put(Buffer.from('abc'), { ...file, signal })).rejects.toThrow();
    expect(received).toEqual([]);
  });
});

describe('the store on disk', () => {
  const outputs = 's3://copies/sst';

  test.each([
    [false, 's3://copies/sst/sst/a/b c.tif'],
    [true, join(folder, 'disk', 'sst/a/b c.tif')],
  ])('writes files; hrefs are paths: %s', async (hrefsAreFiles, href) => {
    const store = folderStore({ folder: join(folder, 'disk'), outputs, hrefsAreFiles });
    const path = join(folder, 'content');
    writeFileSync(path, 'of a file');

    expect(await store.put(Buffer.from('bytes'), file)).toBe(href);
    expect(readFileSync(join(folder, 'disk', file.name), 'utf8')).toBe('bytes');
    await store.put(path, file);
    expect(readFileSync(join(folder, 'disk', file.name), 'utf8')).toBe('of a file');
  });

  test('says what cannot be written', async () => {
    writeFileSync(join(folder, 'occupied'), '');
    const store = folderStore({ folder: join(folder, 'occupied'), outputs, hrefsAreFiles: false });

    await expect(store.put(Buffer.from('bytes'), file)).rejects.toThrow(
      `${join(folder, 'occupied', file.name)}: cannot be written: `,
    );
  });
});
