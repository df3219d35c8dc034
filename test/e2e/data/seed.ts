import { BUCKET, createBucket, ORDINARY, SINGLE_POL, upload } from './granules.js';
import { seedInventories } from './inventories.js';
import { seedTiles } from './tiles.js';

/** Fills the buckets before the stacks are deployed. */
export async function seed(): Promise<void> {
  await createBucket(BUCKET);
  await Promise.all([upload(SINGLE_POL), upload(ORDINARY), seedInventories(), seedTiles()]);
}
