import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { ReadError } from '../../../lambdas/runtime/errors.js';
import { readText, s3Objects } from '../../../lambdas/inventory/objects.js';

const s3 = mockClient(S3Client);
const objects = (requesterPays = false) => s3Objects({ requesterPays, client: new S3Client({}) });
const RANGE = { offset: 10, length: 5 };

function body(text: string) {
  return sdkStreamMixin(Readable.from([Buffer.from(text)]));
}

function failure(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode } });
}

beforeEach(() => {
  s3.reset();
});

describe('read', () => {
  test('a range is requested with the ETag, and with RequestPayer if the reader pays', async () => {
    const lastModified = new Date('2022-04-20T00:00:00Z');
    s3.on(GetObjectCommand).resolves({
      Body: body('hello'),
      ContentLength: 5,
      ContentRange: 'bytes 10-14/99',
      ETag: '"e"',
      LastModified: lastModified,
    });

    const part = await objects(true).read('s3://bucket/a key', RANGE, '"e"');

    expect(part).toEqual({ bytes: Buffer.from('hello'), size: 99, eTag: '"e"', lastModified });
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'bucket',
      Key: 'a key',
      Range: 'bytes=10-14',
      IfMatch: '"e"',
      RequestPayer: 'requester',
    });
  });

  test.each([
    ['NoSuchKey', 404],
    ['PreconditionFailed', 412],
  ])('%s is an object that is gone', async (name, status) => {
    s3.on(GetObjectCommand).rejects(failure(name, status));

    expect(await objects().read('s3://bucket/key', RANGE, '"e"')).toBeUndefined();
  });

  test('a range after the end has no bytes', async () => {
    s3.on(GetObjectCommand).rejects(failure('InvalidRange', 416));
    const nothing = { bytes: Buffer.alloc(0), size: 0, lastModified: new Date(0) };

    const read = (eTag?: string) => objects().read('s3://bucket/key', RANGE, eTag);
    expect(await read('"e"')).toEqual({ ...nothing, eTag: '"e"' });
    expect(await read()).toEqual({ ...nothing, eTag: '' });
  });

  test('a truncated body is read again', async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce({ Body: body('hel'), ContentLength: 5 })
      .resolves({ Body: body('hello'), ContentLength: 5 });

    expect(await readText(objects(), 's3://bucket/key')).toBe('hello');
    expect(s3.commandCalls(GetObjectCommand)[1]?.args[0].input.Range).toBe('bytes=0-67108863');
  });

  test('an access-denied error names the permission that may be missing', async () => {
    s3.on(GetObjectCommand).rejects(failure('AccessDenied', 403));

    const read = objects().read('s3://bucket/key', RANGE);

    await expect(read).rejects.toThrow(ReadError);
    await expect(read).rejects.toThrow(
      "s3://bucket/key: access denied: AccessDenied: refused (check that the role may use s3:GetObject there (source, inventory_location), that the bucket's policy allows it if the bucket is in another account, or that the bucket needs requester_pays: true)",
    );
  });
});

describe('a response with few headers', () => {
  test('has the size of its body', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body('hello') });

    expect(await objects().read('s3://bucket/key', RANGE)).toEqual({
      bytes: Buffer.from('hello'),
      size: 5,
      eTag: '',
      lastModified: new Date(0),
    });
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'bucket',
      Key: 'key',
      Range: 'bytes=10-14',
    });
  });

  test('without a body has no bytes', async () => {
    s3.on(GetObjectCommand).resolves({});

    expect(await objects().read('s3://bucket/key', RANGE)).toMatchObject({ size: 0 });
    expect(await readText(objects(), 's3://bucket/key')).toBe('');
  });
});

test('a text that does not exist is undefined', async () => {
  s3.on(GetObjectCommand).rejects(failure('NoSuchKey', 404));

  expect(await readText(objects(), 's3://bucket/key')).toBeUndefined();
});

test('[N13] a bucket that does not exist is an error, unlike an object that may come later', async () => {
  s3.on(GetObjectCommand).rejects(failure('NoSuchBucket', 404));

  await expect(readText(objects(), 's3://bucket/key')).rejects.toThrow(
    's3://bucket/key: its bucket does not exist (NoSuchBucket)',
  );
});

test('a body that is truncated each time is a transient error that states the number of bytes received', async () => {
  s3.on(GetObjectCommand).callsFake(() => ({ Body: body('hel'), ContentLength: 5 }));

  await expect(objects().read('s3://bucket/key', RANGE)).rejects.toMatchObject({
    kind: 'transient',
    href: 's3://bucket/key',
    message: 's3://bucket/key: cannot be read: Error: the connection closed after 3 of 5 bytes',
  });
  expect(s3.commandCalls(GetObjectCommand)).toHaveLength(3);
});

test('the default client follows redirects to buckets of other regions', async () => {
  s3.on(GetObjectCommand).resolves({ Body: body('x') });
  await s3Objects({ requesterPays: false }).read('s3://bucket/key', RANGE);

  const client = s3.commandCalls(GetObjectCommand)[0]?.thisValue as S3Client;
  expect(client.config.followRegionRedirects).toBe(true);
});

describe('folders', () => {
  test('[C14] all pages are listed, each with the token of the previous one', async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({ CommonPrefixes: [{ Prefix: 'p/hive/dt=1/' }], NextContinuationToken: 'two' })
      .resolves({ CommonPrefixes: [{ Prefix: 'p/hive/dt=2/' }] });

    expect(await objects().folders('s3://bucket/p/hive/')).toEqual(['dt=1', 'dt=2']);
    expect(
      s3.commandCalls(ListObjectsV2Command).map(({ args: [{ input }] }) => input.ContinuationToken),
    ).toEqual([undefined, 'two']);
  });

  test('are requested by prefix, and with RequestPayer if the reader pays', async () => {
    s3.on(ListObjectsV2Command).resolves({});

    expect(await objects(true).folders('s3://bucket/p/hive/')).toEqual([]);
    expect(s3.commandCalls(ListObjectsV2Command)[0]?.args[0].input).toEqual({
      Bucket: 'bucket',
      Prefix: 'p/hive/',
      Delimiter: '/',
      RequestPayer: 'requester',
    });
  });

  test('[C14] a repeated page token is an error instead of an endless loop', async () => {
    s3.on(ListObjectsV2Command).resolves({ NextContinuationToken: 'same' });

    await expect(objects().folders('s3://bucket/p/')).rejects.toMatchObject({
      kind: 'transient',
      href: 's3://bucket/p/',
      message: "s3://bucket/p/: the listing repeats its page token 'same'",
    });
  });

  test('an access-denied error names the href', async () => {
    s3.on(ListObjectsV2Command).rejects(failure('AccessDenied', 403));

    await expect(objects().folders('s3://bucket/p/')).rejects.toThrow(
      's3://bucket/p/: access denied: AccessDenied: refused (check that the role may use s3:ListBucket there',
    );
  });
});
