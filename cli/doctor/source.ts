import {
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
  type GetObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { S3_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { tryAwsStatus } from '../../lambdas/runtime/error-codes.js';
import { parseS3Href, type S3ObjectName } from '../../lambdas/source/s3-href.js';
import type { PipelineConfig } from '../../modules/config/config.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { fine, NETWORK, unchecked, unneeded, wrong, type Check, type Verdict } from './check.js';
import { refused } from './source-refused.js';

/** Whether an object can be read under each prefix of `source`, with the caller's credentials. */
export const source: Check = {
  name: 'source',
  needsCredentials: ({ pipeline: { config } }) => config.source.length > 0,
  run: async ({ pipeline: { config } }) => {
    if (config.source.length === 0)
      return unneeded('source is not set: the functions may read no objects in S3');
    return Promise.all(config.source.map((href) => checkPrefix(href, config)));
  },
};

/** The bucket of the files that a pipeline makes. Nothing is written to it. */
export const outputs: Check = {
  name: 'outputs',
  needsCredentials: ({ pipeline: { config } }) => config.outputs !== undefined,
  run: async ({ pipeline: { config } }) => {
    if (config.outputs === undefined) return unneeded('outputs is not set');
    const { bucket } = placeIn(config.outputs);
    try {
      const { BucketRegion } = await clientFor(config).send(
        new HeadBucketCommand({ Bucket: bucket }),
      );
      return fine(`s3://${bucket} exists${regionNote(BucketRegion, config)}`);
    } catch (error) {
      const status = tryAwsStatus(error);
      if (status === 404)
        return wrong(`s3://${bucket} does not exist`, 'create it, or correct outputs');
      return status === 403
        ? unchecked(`your credentials may not ask about s3://${bucket} (HTTP status 403)`)
        : wrong(`s3://${bucket} could not be asked about: ${errorText(error)}`, NETWORK);
    }
  },
};

type Config = Pick<PipelineConfig, 'region' | 'requester_pays' | 'source_kms_key_arns'>;

function clientFor({ region }: Config): S3Client {
  return new S3Client({ region, followRegionRedirects: true, requestHandler: S3_REQUESTS });
}

function placeIn(href: string): S3ObjectName {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(href) ?? [];
  return { bucket, key };
}

async function checkPrefix(href: string, config: Config): Promise<Verdict> {
  const { bucket, key: prefix } = placeIn(href);
  const s3 = clientFor(config);
  const region = await tryRegion(bucket, s3);
  let key;
  try {
    key = await firstKey({ bucket, key: prefix }, s3, config.requester_pays);
  } catch (error) {
    return refused({ href, action: 's3:ListBucket', error }, config, () =>
      firstKey({ bucket, key: prefix }, s3, true),
    );
  }
  if (key === undefined)
    return wrong(
      `${href} has no objects${regionNote(region, config)}`,
      'correct source, or upload the first object',
    );
  return readOne(`s3://${bucket}/${key}`, { s3, config, region });
}

interface Reading {
  readonly s3: S3Client;
  readonly config: Config;
  readonly region: string | undefined;
}

async function readOne(href: string, { s3, config, region }: Reading): Promise<Verdict> {
  const read = async (pays: boolean) => {
    const { bucket: Bucket, key: Key } = parseS3Href(href);
    const answer = await s3.send(
      new GetObjectCommand({ Bucket, Key, Range: 'bytes=0-0', ...payer(pays) }),
    );
    answer.Body?.transformToByteArray().catch(() => undefined);
    return answer;
  };
  try {
    const answer = await read(config.requester_pays);
    return (
      keyFault(href, answer, config) ?? fine(`${href} can be read${regionNote(region, config)}`)
    );
  } catch (error) {
    // An empty object has no first byte.
    if (tryAwsStatus(error) === 416)
      return fine(`${href} can be read${regionNote(region, config)}`);
    return refused({ href, action: 's3:GetObject', error }, config, () => read(true));
  }
}

/** The functions may use only the keys that the config names. */
function keyFault(
  href: string,
  { ServerSideEncryption: encryption, SSEKMSKeyId: key }: GetObjectCommandOutput,
  { source_kms_key_arns: known }: Config,
): Verdict | undefined {
  const isKms = encryption?.startsWith('aws:kms') ?? false;
  if (!isKms || key === undefined || known.includes(key)) return undefined;
  // The key that AWS manages needs no permission of its own in the account of the bucket.
  return wrong(
    `${href} is encrypted with the KMS key ${key}, which the functions may not use`,
    'add it to source_kms_key_arns, unless it is the key aws/s3 of your own account',
  );
}

async function firstKey(
  { bucket, key: prefix }: S3ObjectName,
  s3: S3Client,
  pays: boolean,
): Promise<string | undefined> {
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 10, ...payer(pays) }),
  );
  const file = Contents.find(({ Key = '', Size = 0 }) => !Key.endsWith('/') && Size > 0);
  return file?.Key ?? Contents[0]?.Key;
}

function payer(pays: boolean) {
  return pays ? ({ RequestPayer: 'requester' } as const) : {};
}

async function tryRegion(Bucket: string, s3: S3Client): Promise<string | undefined> {
  try {
    return (await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion;
  } catch {
    return undefined;
  }
}

function regionNote(found: string | undefined, { region }: Pick<Config, 'region'>): string {
  if (found === undefined) return '';
  return found === region
    ? ` (in ${found})`
    : ` (in ${found}, while the functions are in ${region}: S3 bills the transfer between regions)`;
}
