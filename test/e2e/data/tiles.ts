import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { all, createBucket, putObject } from './granules.js';
import { FULL } from '../deployment/stacks.js';
import { sqs } from '../system/running.js';

/** As in the config.yaml of cop_dem_30. */
export const TILE_BUCKET = 'copernicus-dem-30m';
const LIST_KEY = 'tileList.txt';

/** Returns `count` names of tiles, which are also Item ids: from a latitude on, westwards from 180 E. */
export function tileNames(latitude: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const north = String(latitude + Math.floor(index / 180)).padStart(2, '0');
    const east = String(index % 180).padStart(3, '0');
    return `Copernicus_DSM_COG_10_N${north}_00_E${east}_00_DEM`;
  });
}

const BATCH = 10;

/** Sends a message for each tile, ten at a time. Throws if SQS does not accept one. */
export async function sendTiles(queueUrl: string, names: readonly string[]): Promise<void> {
  const starts = Array.from({ length: Math.ceil(names.length / BATCH) }, (_, at) => at * BATCH);
  await all(starts, async (start) => {
    const bodies = names.slice(start, start + BATCH);
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
    );
    if (Failed.length > 0) throw new Error(`SQS refused messages: ${JSON.stringify(Failed)}`);
  });
}

/** The tiles in the list of the bucket, which the deployment backfills. */
export const LISTED = tileNames(10, FULL ? 2_500 : 250);

export async function uploadTiles(names: readonly string[]): Promise<void> {
  await all(names, (name) => putObject(TILE_BUCKET, `${name}/${name}.tif`, '-'));
}

export async function seedTiles(): Promise<void> {
  await createBucket(TILE_BUCKET);
  await uploadTiles(LISTED);
  await uploadList(LISTED);
}

/** Writes the list of tiles, which is the inventory. The real list also has entries that are not tiles. */
export async function uploadList(names: readonly string[]): Promise<void> {
  await putObject(TILE_BUCKET, LIST_KEY, [...names, 'readme.html', ''].join('\n'));
}
