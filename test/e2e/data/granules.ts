import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapLimited } from '../../../lambdas/runtime/retry.js';
import { ROOT, TOPIC_REGION } from '../system/places.js';
import { clientOptions } from '../system/platform.js';
import { system } from '../system/running.js';

/** A Sentinel-1 product in the emulator's bucket. */
export interface Granule {
  /** Path in the bucket, without a trailing slash. */
  readonly path: string;
  readonly itemId: string;
}

/** The Collection of pipelines/sentinel1. */
export const COLLECTION_ID = 'sentinel1-grd';
export const BUCKET = 'sentinel-s1-l1c';
const SAMPLE = join(ROOT, 'pipelines', 'sentinel1', 'sample');
const AT_ONCE = 16;

const s3 = new S3Client({
  ...clientOptions(system.endpoint, TOPIC_REGION),
  // The emulator needs no checksums.
  requestChecksumCalculation: 'WHEN_REQUIRED',
});

/** The granules of the sample, by what is particular about them. */
export const ORDINARY = granuleAt(
  'GRD/2023/3/14/IW/DV/S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
);
export const SINGLE_POL = granuleAt(
  'GRD/2019/9/7/SM/SV/S1B_S3_GRDH_1SSV_20190907T143320_20190907T143341_017933_021C02_8D15',
);

function granuleAt(path: string): Granule {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { path, itemId: name.slice(0, -'_XXXX'.length) };
}

export async function createBucket(Bucket: string): Promise<void> {
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: TOPIC_REGION },
    }),
  );
}

export async function putObject(bucket: string, key: string, body: Uint8Array | string) {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

/** Puts every object of the granule into the bucket; those that are not metadata have one byte. */
export async function upload(granule: Granule, like: Granule = granule): Promise<void> {
  const files = filesOf(like);
  await all([...files], ([name, body]) => putObject(BUCKET, `${granule.path}/${name}`, body));
}

/** Returns the keys of all objects of a copied granule. */
export function keysOf({ path }: Granule): string[] {
  return [...filesOf(SINGLE_POL).keys()].map((name) => `${path}/${name}`);
}

/** Returns the notification of a sample granule, as the owner of the topic sends it. */
export function notificationOf({ path }: Granule): unknown {
  const lines = readFileSync(join(SAMPLE, 'messages.ndjson'), 'utf8').trim().split('\n');
  const texts = lines.map((line) => (JSON.parse(line) as { Message: string }).Message);
  const found = texts.find((text) => text.includes(path));
  if (found === undefined) throw new Error(`no message of ${path}`);
  return JSON.parse(found) as unknown;
}

/** Makes granules that differ in their names only; tests with different `series` get different ones. */
export function granuleCopies(series: number, count: number, day = '2019/9/7'): Granule[] {
  const folder = SINGLE_POL.path.slice(SINGLE_POL.path.lastIndexOf('/') + 1);
  return Array.from({ length: count }, (_, index) => {
    const datatake = (series * 0x10000 + index).toString(16).toUpperCase().padStart(6, '0');
    return granuleAt(`GRD/${day}/SM/SV/${folder.replace('021C02', datatake)}`);
  });
}

export async function uploadCopies(granules: readonly Granule[]): Promise<void> {
  await all(granules, (granule) => upload(granule, SINGLE_POL));
}

/** Waits for all calls; throws the first failure, if there is one. */
export async function all<T>(
  values: readonly T[],
  work: (value: T) => Promise<unknown>,
): Promise<void> {
  const results = await mapLimited(values, AT_ONCE, work);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

const cached = new Map<string, ReadonlyMap<string, string>>();

function filesOf(granule: Granule): ReadonlyMap<string, string> {
  const found = cached.get(granule.path) ?? readFiles(granule);
  cached.set(granule.path, found);
  return found;
}

function readFiles({ path, itemId }: Granule): ReadonlyMap<string, string> {
  const folder = join(SAMPLE, 'bucket', path);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const texts = files.map((entry) => {
    const file = join(entry.parentPath, entry.name);
    return [file.slice(folder.length + 1), readFileSync(file, 'utf8')] as const;
  });
  return new Map<string, string>([
    ...assetNames(itemId).map((name) => [name, '-'] as const),
    ...texts,
  ]);
}

/** Returns the asset keys of the expected Item, since the ingestor checks that each object exists. */
function assetNames(itemId: string): string[] {
  const folder = join(ROOT, 'pipelines', 'sentinel1', 'fixtures', 'items');
  const items = readdirSync(folder).map(
    (name) =>
      JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        id: string;
        assets: Record<string, { href: string }>;
      },
  );
  const item = items.find(({ id }) => id === itemId);
  if (item === undefined) throw new Error(`no expected Item ${itemId}`);
  return Object.values(item.assets).map(({ href }) => href.split('/').slice(10).join('/'));
}

export const itemIds = (granules: readonly Granule[]): string[] =>
  granules.map(({ itemId }) => itemId);
