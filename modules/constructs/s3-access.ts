import type { InventoryLocation } from '../config/values/inventory-location.js';
import type { PolicyStatement } from './policy.js';
import { parseS3Location } from '../config/values/s3-location.js';
import { terraformText } from './tokens.js';

/** Objects of one bucket; `*` stands for any text. */
export interface Place {
  readonly bucket: string;
  readonly keys: readonly string[];
}

export interface S3AccessProps {
  readonly partition: string;
  /** Says what is read, in letters and digits. */
  readonly what: string;
}

/** The object at `s3://bucket/prefix`, and everything below it. */
export function placeOf(location: string): Place {
  const { bucket, key } = parseS3Location(location);
  return { bucket, keys: key === '' || key.endsWith('/') ? [`${key}*`] : [key, `${key}/*`] };
}

/** A listing, or all of an inventory: the files that symlink.txt names lie beside `hive/`. */
export function inventoryPlace(location: InventoryLocation): Place {
  const { bucket } = location;
  return { bucket, keys: [location.kind === 'listing' ? location.key : `${location.prefix}/*`] };
}

/** Reading objects, and telling a missing one from a forbidden one: without s3:ListBucket both answer 403. */
export function readAccess(
  places: readonly Place[],
  { partition, what }: S3AccessProps,
): PolicyStatement[] {
  if (places.length === 0) return [];
  const buckets = [...new Set(places.map(({ bucket }) => bucket))];
  const keysIn = (bucket: string): string[] =>
    places
      .filter((place) => place.bucket === bucket)
      .flatMap(({ keys }) => keys.map(terraformText));
  const objects = buckets.flatMap((bucket) =>
    keysIn(bucket).map((key) => `${bucketArn(partition, bucket)}/${key}`),
  );
  return [
    readStatement(what, objects),
    ...buckets.map((bucket, index) =>
      listStatement(`List${what}${index === 0 ? '' : index + 1}`, {
        bucketArn: bucketArn(partition, bucket),
        keys: keysIn(bucket),
      }),
    ),
  ];
}

export function readStatement(what: string, objects: readonly string[]): PolicyStatement {
  return { sid: `Read${what}`, actions: ['s3:GetObject'], resources: objects };
}

export function listStatement(
  sid: string,
  { bucketArn: arn, keys }: { readonly bucketArn: string; readonly keys: readonly string[] },
): PolicyStatement {
  return {
    sid,
    actions: ['s3:ListBucket'],
    resources: [arn],
    // "IfExists": a GetObject of a missing key asks for this permission too, and brings no prefix.
    conditions: [{ test: 'StringLikeIfExists', variable: 's3:prefix', values: keys }],
  };
}

export function bucketArn(partition: string, bucket: string): string {
  return `arn:${partition}:s3:::${bucket}`;
}
