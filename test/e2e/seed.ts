import { BUCKET, createBucket, ORDINARY, SINGLE_POL, upload } from './granules.js';

/** What the buckets hold before the stacks are there. */
export async function seed(): Promise<void> {
  await createBucket(BUCKET);
  await upload(SINGLE_POL);
  await upload(ORDINARY);
}
