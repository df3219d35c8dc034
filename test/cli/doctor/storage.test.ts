import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { Readable } from 'node:stream';
import { sdkStreamMixin } from '@smithy/core/serde';
import { inventory } from '../../../cli/doctor/inventory.js';
import { outputs, source } from '../../../cli/doctor/source.js';
import { stateBucket, stateLock } from '../../../cli/doctor/state.js';
import { awsError, subjectOf, verdicts } from './subject.js';

const s3 = mockClient(S3Client);

beforeEach(() => {
  s3.reset();
  s3.on(HeadBucketCommand).resolves({ BucketRegion: 'eu-central-1' });
});

function body(text: string) {
  return sdkStreamMixin(Readable.from([Buffer.from(text)]));
}

describe('the state bucket', () => {
  test('is fine', async () => {
    s3.on(GetBucketVersioningCommand).resolves({ Status: 'Enabled' });

    expect(await verdicts(stateBucket, subjectOf())).toEqual([
      { state: 'fine', says: 's3://demo-state in eu-central-1, versioned' },
    ]);
  });

  test.each([
    [awsError('NotFound', 404), 'does not exist', 'npm run bootstrap'],
    [awsError('Forbidden', 403), 'you may not use', 's3:ListBucket'],
    [new Error('ENOTFOUND'), 'could not be asked about', 'network'],
  ])('that gives %s is wrong', async (error, says, remedy) => {
    s3.on(HeadBucketCommand).rejects(error);

    expect(await verdicts(stateBucket, subjectOf())).toMatchObject([
      {
        state: 'wrong',
        says: expect.stringContaining(says) as unknown,
        remedy: expect.stringContaining(remedy) as unknown,
      },
    ]);
  });

  test('in another region than STATE_REGION is wrong', async () => {
    s3.on(HeadBucketCommand).resolves({ BucketRegion: 'us-west-2' });

    expect(await verdicts(stateBucket, subjectOf())).toMatchObject([
      { state: 'wrong', remedy: 'set STATE_REGION=us-west-2' },
    ]);
  });

  test('that is not set is wrong; with LOCAL_STATE=1 it is not needed', async () => {
    expect(await verdicts(stateBucket, subjectOf({}, { env: { PROJECT: 'demo' } }))).toMatchObject([
      { state: 'wrong', says: expect.stringContaining('STATE_BUCKET') as unknown },
    ]);
    const env = { PROJECT: 'demo', LOCAL_STATE: '1' };
    expect(await verdicts(stateBucket, subjectOf({}, { env }))).toMatchObject([
      { state: 'not needed' },
    ]);
    expect(await verdicts(stateLock, subjectOf({}, { env }))).toMatchObject([
      { state: 'not needed' },
    ]);
  });
});

describe('the lock of the state', () => {
  test('that no one holds is fine', async () => {
    s3.on(GetObjectCommand).rejects(awsError('NoSuchKey', 404));

    expect(await verdicts(stateLock, subjectOf())).toEqual([
      { state: 'fine', says: 'no one holds it' },
    ]);
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'demo-state',
      Key: 'demo/waves.tfstate.tflock',
    });
  });

  test('that somebody holds is wrong, with who and how to end it', async () => {
    const lock = {
      ID: 'l-1',
      Who: 'ann@host',
      Created: '2024-05-01T12:00:00Z',
      Operation: 'OperationTypeApply',
    };
    s3.on(GetObjectCommand).resolves({ Body: body(JSON.stringify(lock)) });

    expect(await verdicts(stateLock, subjectOf())).toMatchObject([
      {
        state: 'wrong',
        says: expect.stringMatching(
          /^ann@host has held .* since 2024-05-01T12:00:00Z for OperationTypeApply$/,
        ) as unknown,
        remedy: expect.stringContaining('force-unlock l-1') as unknown,
      },
    ]);
  });

  test('that may not be read, or whose bucket is missing, is not checked', async () => {
    s3.on(GetObjectCommand).rejects(awsError('NoSuchBucket', 404));
    expect(await verdicts(stateLock, subjectOf())).toMatchObject([{ state: 'not checked' }]);

    s3.on(GetObjectCommand).rejects(awsError('AccessDenied', 403));

    expect(await verdicts(stateLock, subjectOf())).toMatchObject([{ state: 'not checked' }]);
  });
});

describe('the source', () => {
  const check = (fields: Parameters<typeof subjectOf>[0] = {}) =>
    verdicts(source, subjectOf({ source: ['s3://tiles/a/'], requester_pays: false, ...fields }));

  beforeEach(() => {
    s3.on(ListObjectsV2Command).resolves({
      Contents: [
        { Key: 'a/', Size: 0 },
        { Key: 'a/1.tif', Size: 9 },
      ],
    });
    s3.on(GetObjectCommand).resolves({ Body: body('I') });
  });

  test('whose first object can be read is fine, and only one byte is read', async () => {
    expect(await check()).toEqual([
      { state: 'fine', says: 's3://tiles/a/1.tif can be read (in eu-central-1)' },
    ]);
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input.Range).toBe('bytes=0-0');
  });

  test('in another region says what that costs', async () => {
    s3.on(HeadBucketCommand).resolves({ BucketRegion: 'us-west-2' });

    expect(await check()).toMatchObject([
      { state: 'fine', says: expect.stringContaining('S3 bills the transfer') as unknown },
    ]);
  });

  test('without objects is wrong', async () => {
    s3.on(ListObjectsV2Command).resolves({});

    expect(await check()).toMatchObject([
      { state: 'wrong', says: expect.stringContaining('has no objects') as unknown },
    ]);
  });

  test('whose reader has to pay is wrong without requester_pays', async () => {
    s3.on(ListObjectsV2Command).callsFake(
      ({ RequestPayer }: { readonly RequestPayer?: string }) => {
        if (RequestPayer === undefined) throw awsError('AccessDenied', 403);
        return { Contents: [{ Key: 'a/1.tif', Size: 9 }] };
      },
    );

    expect(await check()).toMatchObject([{ state: 'wrong', remedy: 'set requester_pays: true' }]);
    expect(await check({ requester_pays: true })).toMatchObject([{ state: 'fine' }]);
  });

  test('that cannot be listed is not checked; an object that cannot be read is wrong', async () => {
    s3.on(GetObjectCommand).rejects(awsError('AccessDenied', 403));
    expect(await check()).toMatchObject([
      { state: 'wrong', remedy: expect.stringContaining('s3:GetObject') as unknown },
    ]);

    s3.on(ListObjectsV2Command).rejects(awsError('AccessDenied', 403));
    expect(await check()).toMatchObject([{ state: 'not checked' }]);
  });

  test('that a policy of the caller denies is not checked; that of a KMS key says what to do', async () => {
    const denied = (message: string) => {
      s3.on(GetObjectCommand).rejects(awsError('AccessDenied', 403, message));
      return check();
    };

    expect(
      await denied('ann may not: no identity-based policy allows the s3:GetObject action'),
    ).toMatchObject([{ state: 'not checked' }]);
    expect(await denied('not authorized to perform: kms:Decrypt')).toMatchObject([
      { state: 'wrong', remedy: expect.stringContaining('source_kms_key_arns') as unknown },
    ]);
  });

  test('whose bucket does not exist is wrong', async () => {
    s3.on(ListObjectsV2Command).rejects(awsError('NoSuchBucket', 404));

    expect(await check()).toMatchObject([
      { state: 'wrong', says: 'the bucket of s3://tiles/a/ does not exist' },
    ]);
  });

  test('that is archived is wrong', async () => {
    s3.on(GetObjectCommand).rejects(awsError('InvalidObjectState', 403));

    expect(await check()).toMatchObject([
      { state: 'wrong', remedy: expect.stringContaining('archived') as unknown },
    ]);
  });

  test('that a KMS key encrypts needs the key in the config', async () => {
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/1';
    s3.on(GetObjectCommand).callsFake(() => ({
      Body: body('I'),
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: key,
    }));

    expect(await check()).toMatchObject([
      { state: 'wrong', says: expect.stringContaining(key) as unknown },
    ]);
    expect(await check({ source_kms_key_arns: [key] })).toMatchObject([{ state: 'fine' }]);
  });

  test('that has several prefixes has a line for each; without one it is not needed', async () => {
    expect(await check({ source: ['s3://tiles/a/', 's3://tiles/b/'] })).toHaveLength(2);
    expect(await check({ source: [] })).toMatchObject([{ state: 'not needed' }]);
  });
});

describe('the bucket of outputs', () => {
  test.each([
    [undefined, 'fine'],
    [awsError('NotFound', 404), 'wrong'],
    [awsError('Forbidden', 403), 'not checked'],
  ])('that gives %s is %s', async (error, state) => {
    if (error !== undefined) s3.on(HeadBucketCommand).rejects(error);

    expect(await verdicts(outputs, subjectOf({ outputs: 's3://copies/x' }))).toMatchObject([
      { state },
    ]);
  });
});

describe('the inventory', () => {
  const today = new Date().toISOString().slice(0, 10);
  const manifest = (fileSchema: string) => ({
    fileFormat: 'CSV',
    fileSchema,
    files: [{ key: 'x.csv.gz', size: 2_000_000 }],
  });
  const check = (dt = `${today}-01-00`, schema = 'Bucket, Key') => {
    s3.on(ListObjectsV2Command).resolves({ CommonPrefixes: [{ Prefix: `inv/hive/dt=${dt}/` }] });
    s3.on(GetObjectCommand).callsFake(({ Key }: { readonly Key: string }) => {
      const text = Key.endsWith('manifest.json')
        ? JSON.stringify(manifest(schema))
        : 's3://x/x.csv.gz\n';
      return { Body: body(text), ContentLength: Buffer.byteLength(text), LastModified: new Date() };
    });
    return verdicts(
      inventory,
      subjectOf({
        inventory_location: 's3://lists/inv',
        inventory_format: 'csv',
        inventory_fields: ['Bucket', 'Key'],
      }),
    );
  };

  test('whose newest report fits is fine', async () => {
    expect(await check()).toMatchObject([
      {
        state: 'fine',
        says: expect.stringContaining(
          `the report ${today}-01-00 fits config.yaml: 1 file, 2.00 MB`,
        ) as unknown,
      },
    ]);
  });

  test('with other columns is wrong, with the lines for config.yaml', async () => {
    expect(await check(undefined, 'Bucket, Key, Size')).toMatchObject([
      {
        state: 'wrong',
        remedy: 'set inventory_format: csv and inventory_fields: [Bucket, Key, Size]',
      },
    ]);
  });

  test('that S3 writes no longer is wrong', async () => {
    expect(await check('2020-01-01-00-00')).toMatchObject([
      {
        state: 'wrong',
        says: expect.stringContaining('2020-01-01-00-00 is the newest') as unknown,
      },
    ]);
  });

  test('without a report is wrong; one that may not be listed is not checked', async () => {
    s3.on(ListObjectsV2Command).resolves({});
    const ask = () => verdicts(inventory, subjectOf({ inventory_location: 's3://lists/inv' }));
    expect(await ask()).toMatchObject([
      { state: 'wrong', says: expect.stringContaining('no partition') as unknown },
    ]);

    s3.on(ListObjectsV2Command).rejects(awsError('AccessDenied', 403));
    expect(await ask()).toMatchObject([{ state: 'not checked' }]);
  });

  test('that the config does not have is not needed', async () => {
    expect(await verdicts(inventory, subjectOf({ inventory_location: undefined }))).toMatchObject([
      { state: 'not needed' },
    ]);
  });
});
