import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { GetObjectCommand, NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { Readable } from 'node:stream';
import { mockClient } from 'aws-sdk-client-mock';
import { hrefSource, joinHref, mappedSource } from '../../../lambdas/source/href.js';
import { S3Source } from '../../../lambdas/source/s3.js';
import { inTurn, json, type Answer } from '../../support/http-server.js';
import { rejection } from '../../support/rejection.js';
import { serverPerTest, type TestServer } from '../../support/test-server.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('a folder on disk', () => {
  let folder = '';
  const source = hrefSource({ requesterPays: false });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'href-'));
    writeFileSync(join(folder, 'a.txt'), '0123456789');
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('is read whole, in part, and past its end', async () => {
    const href = join(folder, 'a.txt');

    expect(text(await source.read(href))).toBe('0123456789');
    expect(text(await source.read(href, { offset: 2, length: 3 }))).toBe('234');
    expect(text(await source.read(href, { offset: 8, length: 10 }))).toBe('89');
    expect(text(await source.read(href, { offset: 20, length: 10 }))).toBe('');
    expect(text(await source.read(`file://${href}`))).toBe('0123456789');
  });

  test('without the file is a permanent error that names the file', async () => {
    const href = join(folder, 'missing.txt');

    expect(await rejection(source.read(href))).toEqual({
      kind: 'permanent',
      name: 'ReadError',
      message: `${href}: cannot be read: no such file`,
    });
    expect(await rejection(source.read(folder))).toMatchObject({ kind: 'permanent' });
  });

  test('replaces hrefs that are mapped to it', async () => {
    const mapped = mappedSource(source, { from: 's3://bucket/', to: `${folder}/` });

    expect(text(await mapped.read('s3://bucket/a.txt'))).toBe('0123456789');
    expect(text(await mapped.read(join(folder, 'a.txt')))).toBe('0123456789');
  });
});

test.each(['relative/a', 'gs://b/a', 'x-s3://b/k', 'see https://b/k', 'a/', ''])(
  'the href %j of an unknown form is a permanent error that says which forms exist',
  async (href) => {
    const source = hrefSource({ requesterPays: false });

    await expect(source.read(href)).rejects.toMatchObject({
      kind: 'permanent',
      name: 'ReadError',
      href,
      message: `'${href}' cannot be read: use s3://bucket/key, https://... or an absolute path`,
    });
  },
);

test.each([
  ['s3://b/x', 'y', 's3://b/x/y'],
  ['s3://b/x/', '/y', 's3://b/x/y'],
  ['/x//', 'y', '/x/y'],
  ['/x', '//y/z', '/x/y/z'],
  ['/x', 'y//z', '/x/y//z'],
])('joinHref(%s, %s) is %s', (base, name, joined) => {
  expect(joinHref(base, name)).toBe(joined);
});

describe('S3', () => {
  const mock = mockClient(S3Client);
  const client = new S3Client({ region: 'eu-central-1' });
  const body = (content: string) => sdkStreamMixin(Readable.from([Buffer.from(content)]));
  const status = (name: string, httpStatusCode: number) =>
    new S3ServiceException({
      name,
      message: name,
      $fault: 'client',
      $metadata: { httpStatusCode },
    });

  afterEach(() => {
    mock.reset();
  });

  test('[E19] gets the requester-pays header for each read, and the range as S3 writes it', async () => {
    mock.on(GetObjectCommand).callsFake(() => ({ Body: body('x'), ContentLength: 1 }));
    const source = new S3Source({ requesterPays: true }, client);

    await source.read('s3://b/a+b c/ä.xml');
    await source.read('s3://b/k', { offset: 10, length: 5 });

    expect(mock.commandCalls(GetObjectCommand).map(({ args }) => args[0].input)).toEqual([
      { Bucket: 'b', Key: 'a+b c/ä.xml', RequestPayer: 'requester' },
      { Bucket: 'b', Key: 'k', Range: 'bytes=10-14', RequestPayer: 'requester' },
    ]);
  });

  test('is called in the region of the data, with the requester-pays header if that is set', async () => {
    mock.on(GetObjectCommand).callsFake(() => ({ Body: body('x'), ContentLength: 1 }));

    const paying = hrefSource({ requesterPays: true, region: 'us-west-2' });
    expect(text(await paying.read('s3://b/k', { offset: 0, length: 1 }))).toBe('x');

    const [call] = mock.commandCalls(GetObjectCommand);
    expect(call?.args[0].input).toEqual({
      Bucket: 'b',
      Key: 'k',
      Range: 'bytes=0-0',
      RequestPayer: 'requester',
    });
    expect(await (call?.thisValue as S3Client).config.region()).toBe('us-west-2');
  });

  test('[G13] sixty reads consume their bodies', async () => {
    const bodies: Readable[] = [];
    mock.on(GetObjectCommand).callsFake(() => {
      const stream = Readable.from([Buffer.from('x')]);
      bodies.push(stream);
      return { Body: sdkStreamMixin(stream), ContentLength: 1 };
    });
    const source = new S3Source({ requesterPays: false }, client);

    await Promise.all(Array.from({ length: 60 }, (_, n) => source.read(`s3://b/${n}`)));

    expect(bodies.filter(({ readableEnded }) => readableEnded)).toHaveLength(60);
  });

  test('[C25] a missing object is permanent; denied access is transient and names both causes', async () => {
    const source = new S3Source({ requesterPays: false }, client);

    mock
      .on(GetObjectCommand)
      .rejects(new NoSuchKey({ message: 'no', $metadata: { httpStatusCode: 404 } }));
    expect(await rejection(source.read('s3://b/k'))).toEqual({
      kind: 'permanent',
      name: 'ReadError',
      message: 's3://b/k: the object does not exist (NoSuchKey)',
    });

    mock.on(GetObjectCommand).rejects(status('AccessDenied', 403));
    expect(await rejection(source.read('s3://b/k'))).toEqual({
      kind: 'transient',
      name: 'ReadError',
      message:
        "s3://b/k: access denied: AccessDenied: AccessDenied (check that the role may use s3:GetObject there (source, inventory_location), that the bucket's policy allows it if the bucket is in another account, or that the bucket needs requester_pays: true)",
    });
  });

  test('a range past the end is empty, and a busy bucket is transient', async () => {
    const source = new S3Source({ requesterPays: false }, client);

    mock.on(GetObjectCommand).rejects(status('InvalidRange', 416));
    expect(await source.read('s3://b/k', { offset: 9, length: 1 })).toHaveLength(0);

    mock.on(GetObjectCommand).rejects(status('SlowDown', 503));
    expect(await rejection(source.read('s3://b/k'))).toMatchObject({ kind: 'transient' });
  });

  test('an object that is too large for metadata is not read, and its body is destroyed', async () => {
    const stream = Readable.from([Buffer.from('x')]);
    mock.on(GetObjectCommand).resolves({ Body: sdkStreamMixin(stream), ContentLength: 1e9 });
    const source = new S3Source({ requesterPays: false }, client);

    expect(await rejection(source.read('s3://b/k'))).toMatchObject({ kind: 'permanent' });
    expect(stream.destroyed).toBe(true);
  });
});

describe('https', () => {
  const startServer = serverPerTest();
  let server: TestServer | undefined;
  const source = hrefSource({ requesterPays: false });

  async function serve(...responses: Answer[]): Promise<string> {
    server = await startServer(inTurn(...responses));
    return server.url;
  }

  test('gets a range, which is cut here if the server ignores it', async () => {
    const url = await serve(json(206, '234'), json(200, '0123456789'));

    expect(text(await source.read(`${url}/a`, { offset: 2, length: 3 }))).toBe('234');
    expect(text(await source.read(`${url}/a`, { offset: 2, length: 3 }))).toBe('234');
    expect(server?.seen[0]?.headers.range).toBe('bytes=2-4');
  });

  test('follows redirects, but not forever', async () => {
    const url = await serve(json(302, '', { location: '/b' }), json(200, 'x'));
    expect(text(await source.read(`${url}/a`))).toBe('x');

    await server?.close();
    const loop = await serve(json(302, '', { location: '/a' }));
    expect(await rejection(source.read(`${loop}/a`))).toMatchObject({ kind: 'permanent' });
  });

  test('is permanent with 404, and retried with 503', async () => {
    const url = await serve(json(404, ''));
    expect(await rejection(source.read(`${url}/a`))).toMatchObject({ kind: 'permanent' });

    await server?.close();
    const busy = await serve(json(503, ''), json(200, 'x'));
    expect(text(await source.read(`${busy}/a`))).toBe('x');
  });
});
