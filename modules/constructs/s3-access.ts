import type { InventoryLocation } from '../config/values/inventory-location.js';
import type { PolicyStatement } from './policy.js';
import { parseS3Location } from '../config/values/s3-location.js';
import { terraformText } from './tokens.js';

/** Objects of one bucket, as key patterns in which `*` matches any text. */
export interface Place {
  readonly bucket: string;
  readonly keys: readonly string[];
  /** Prefixes that may be listed, besides `keys`. @default none */
  readonly folders?: readonly string[];
}

export interface S3AccessProps {
  readonly partition: string;
  /** Names what is read in the statement ids, in letters and digits. */
  readonly what: string;
}

/** Returns the object at `s3://bucket/prefix` and everything below it. */
export function placeOf(location: string): Place {
  const { bucket, key } = parseS3Location(location);
  return { bucket, keys: key === '' || key.endsWith('/') ? [`${key}*`] : [key, `${key}/*`] };
}

/**
 * Returns a listing, or a whole inventory: the files that symlink.txt names are next to `hive/`. Athena may list the
 * folder of a file that a symlink.txt names.
 */
export function inventoryPlace(location: InventoryLocation): Place {
  const { bucket } = location;
  if (location.kind !== 'listing') {
    return { bucket, keys: [`${location.prefix}/*`], folders: [`${location.prefix}/`] };
  }
  const { key } = location;
  return { bucket, keys: [key], folders: [key.slice(0, key.lastIndexOf('/') + 1)] };
}

/** Returns the statement to write the objects of a place, also in parts. */
export function writeAccess({ bucket, keys }: Place, partition: string): PolicyStatement {
  const arn = bucketArn(partition, bucket);
  return writeStatement(keys.map((key) => `${arn}/${terraformText(key)}`));
}

/** Returns the statement to write objects, given as ARN patterns. */
export function writeStatement(objects: readonly string[]): PolicyStatement {
  return {
    sid: 'WriteOutputs',
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    resources: objects,
  };
}

/**
 * Returns the statements to read objects. They include s3:ListBucket: without it S3 returns 403 for a missing object,
 * as it does for a forbidden one.
 */
export function readAccess(
  places: readonly Place[],
  { partition, what }: S3AccessProps,
): PolicyStatement[] {
  if (places.length === 0) return [];
  const buckets = [...new Set(places.map(({ bucket }) => bucket))];
  const placesIn = (bucket: string) => places.filter((place) => place.bucket === bucket);
  const keysIn = (bucket: string) => placesIn(bucket).flatMap(({ keys }) => keys);
  const foldersIn = (bucket: string) => placesIn(bucket).flatMap(({ folders = [] }) => folders);
  const objects = buckets.flatMap((bucket) =>
    keysIn(bucket).map((key) => `${bucketArn(partition, bucket)}/${terraformText(key)}`),
  );
  return [
    readStatement(what, objects),
    ...buckets.map((bucket, index) =>
      listStatement(`List${what}${index === 0 ? '' : index + 1}`, {
        bucketArn: bucketArn(partition, bucket),
        keys: [...keysIn(bucket), ...foldersIn(bucket)].map(terraformText),
      }),
    ),
  ];
}

/** Returns the statement to read objects, given as ARN patterns. */
export function readStatement(what: string, objects: readonly string[]): PolicyStatement {
  return { sid: `Read${what}`, actions: ['s3:GetObject'], resources: objects };
}

/** Returns the statement to list keys of a bucket, given as patterns. */
export function listStatement(
  sid: string,
  { bucketArn: arn, keys }: { readonly bucketArn: string; readonly keys: readonly string[] },
): PolicyStatement {
  return {
    sid,
    actions: ['s3:ListBucket'],
    resources: [arn],
    // "IfExists", because S3 also checks this permission for a GetObject of a missing key, which has no prefix.
    conditions: [{ test: 'StringLikeIfExists', variable: 's3:prefix', values: keys }],
  };
}

export function bucketArn(partition: string, bucket: string): string {
  return `arn:${partition}:s3:::${bucket}`;
}
