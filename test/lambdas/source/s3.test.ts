import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { MAX_READ_BYTES } from '../../../lambdas/source/source.js';
import { S3Source } from '../../../lambdas/source/s3.js';
import { rejection } from '../../support/rejection.js';

const s3 = mockClient(S3Client);
const source = new S3Source({ requesterPays: false }, new S3Client({ region: 'eu-central-1' }));

function body(text: string) {
  return sdkStreamMixin(Readable.from([Buffer.from(text)]));
}

function refusing(name: string, httpStatusCode?: number): void {
  const error = Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode } });
  s3.on(GetObjectCommand).rejects(error);
}

const failure = () => rejection(source.read('s3://bucket/key'));

beforeEach(() => {
  s3.reset();
});

describe('an object', () => {
  test('is requested whole, and in part with a range', async () => {
    s3.on(GetObjectCommand).callsFake(() => ({ Body: body('x'), ContentLength: 1 }));

    expect(Buffer.from(await source.read('s3://bucket/a/b c')).toString()).toBe('x');
    await source.read('s3://bucket/key', { offset: 10, length: 5 });

    expect(s3.commandCalls(GetObjectCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { Bucket: 'bucket', Key: 'a/b c' },
      { Bucket: 'bucket', Key: 'key', Range: 'bytes=10-14' },
    ]);
  });

  test('without a body, or past its end, is empty', async () => {
    s3.on(GetObjectCommand).resolves({});
    expect(await source.read('s3://bucket/key')).toHaveLength(0);

    refusing('InvalidRange', 416);
    expect(await source.read('s3://bucket/key', { offset: 9, length: 1 })).toHaveLength(0);
  });

  test('of unknown length is read', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body('x') });

    expect(await source.read('s3://bucket/key')).toHaveLength(1);
  });

  test('may have 64 MiB', () => {
    expect(MAX_READ_BYTES).toBe(67_108_864);
  });

  test('of the maximum length is read; with one byte more it is not, and its body is destroyed', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body('x'), ContentLength: MAX_READ_BYTES });
    expect(await source.read('s3://bucket/key')).toHaveLength(1);

    const stream = Readable.from([Buffer.from('x')]);
    const ContentLength = MAX_READ_BYTES + 1;
    s3.on(GetObjectCommand).resolves({ Body: sdkStreamMixin(stream), ContentLength });
    expect(await failure()).toEqual({
      kind: 'permanent',
      name: 'ReadError',
      message: `s3://bucket/key: has ${ContentLength} bytes; objects of more than ${MAX_READ_BYTES} bytes are not read`,
    });
    expect(stream.destroyed).toBe(true);
  });

  test('that is too large is not read either if its body cannot be destroyed', async () => {
    const Body = new Blob(['x']) as never;
    s3.on(GetObjectCommand).resolves({ Body, ContentLength: MAX_READ_BYTES + 1 });

    expect(await failure()).toMatchObject({ kind: 'permanent', name: 'ReadError' });
  });
});

describe('an error', () => {
  test.each([
    ['NoSuchKey', 404, 'the object does not exist (NoSuchKey)'],
    ['NoSuchBucket', 404, 'its bucket does not exist (NoSuchBucket)'],
  ])('%s (%d) is permanent', async (name, status, what) => {
    refusing(name, status);

    expect(await failure()).toEqual({
      kind: 'permanent',
      name: 'ReadError',
      message: `s3://bucket/key: ${what}`,
    });
  });

  test.each([
    [
      ...(['AccessDenied', 403] as const),
      "access denied: AccessDenied: refused (check that the role may use s3:GetObject there (source, inventory_location), that the bucket's policy allows it if the bucket is in another account, or that the bucket needs requester_pays: true)",
    ],
    [
      ...(['SlowDown', 503] as const),
      'cannot be read: SlowDown: refused (S3 is busy and the read is tried again: lower max_concurrency if this lasts)',
    ],
    ['TimeoutError', undefined, 'cannot be read: TimeoutError: refused'],
  ])('%s (%d) is transient', async (name, status, what) => {
    refusing(name, status);

    expect(await failure()).toEqual({
      kind: 'transient',
      name: 'ReadError',
      message: `s3://bucket/key: ${what}`,
    });
  });

  test.each([403, 404, 503])('with %d keeps the href and its cause', async (status) => {
    refusing('Refused', status);

    await expect(source.read('s3://bucket/key')).rejects.toMatchObject({
      href: 's3://bucket/key',
      kind: status === 404 ? 'permanent' : 'transient',
      cause: expect.objectContaining({ name: 'Refused' }) as unknown,
    });
  });

  test.each([
    ['NoSuchKey', 404, true],
    ['NotFound', 404, true],
    ['NoSuchBucket', 404, false],
    ['AccessDenied', 403, false],
    ['SlowDown', 503, false],
  ])('[N16] %s (%d) says whether the object is missing: %s', async (name, status, missing) => {
    refusing(name, status);

    await expect(source.read('s3://bucket/key')).rejects.toMatchObject({ missing });
  });

  test('without a status is transient', async () => {
    s3.on(GetObjectCommand).rejects(new Error('no metadata'));
    expect(await failure()).toMatchObject({
      kind: 'transient',
      message: 's3://bucket/key: cannot be read: Error: no metadata',
    });
  });

  test('[N28] of a file in an archive has the advice to unpack it', async () => {
    refusing('NoSuchKey', 404);

    await expect(source.read('s3://bucket/a/S1A.SAFE.zip/manifest.safe')).rejects.toThrow(
      /the object does not exist \(NoSuchKey\): s3:\/\/bucket\/a\/S1A.SAFE.zip is an archive: unpack it$/,
    );
    await expect(source.read('s3://bucket/a/S1A.SAFE.zip')).rejects.toThrow(/\(NoSuchKey\)$/);
  });

  test('for an href without a key is permanent, and sends no request', async () => {
    await expect(source.read('s3://bucket')).rejects.toMatchObject({ kind: 'permanent' });
    expect(s3.calls()).toHaveLength(0);
  });
});

describe('the client', () => {
  test('uses the region of the data if it is given, and is created on the first read', async () => {
    s3.on(GetObjectCommand).resolves({});
    await new S3Source({ requesterPays: true, region: 'us-west-2' }).read('s3://bucket/key');

    const call = s3.commandCalls(GetObjectCommand)[0];
    const { config } = call?.thisValue as S3Client;
    expect(await config.region()).toBe('us-west-2');
    expect(config.followRegionRedirects).toBe(true);
    expect(call?.args[0].input.RequestPayer).toBe('requester');
  });
});
