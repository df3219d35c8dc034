import { FieldError } from './error.js';
import { parseS3Location } from './s3-location.js';
import type { S3Location } from './s3-location.js';

/** The place where S3 Inventory writes its reports: s3://<bucket>/<prefix>/hive/dt=.../symlink.txt */
export interface InventoryReports {
  readonly kind: 'inventory';
  readonly bucket: string;
  /** `<destination prefix>/<source bucket>/<configuration id>`, without outer slashes and without `hive`. */
  readonly prefix: string;
  readonly sourceBucket: string;
  readonly configId: string;
  /** The time of the report to read, `YYYY-MM-DD-HH-MM`. @default the newest report */
  readonly dt?: string;
}

/** An object that lists keys. */
export interface ObjectListing {
  readonly kind: 'listing';
  readonly bucket: string;
  readonly key: string;
  readonly format: 'csv' | 'text';
  readonly compression: 'none' | 'gzip';
}

export type InventoryLocation = InventoryReports | ObjectListing;

const LISTING = /\.(csv|txt)(\.gz)?$/;
/** Matches what is below the folder of an inventory: a folder and a manifest per report, and data files. */
export const PART_OF_REPORT =
  /\/(symlink\.txt|manifest\.(json|checksum)|data\/?|data\/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}[^/]*|\d{4}-\d\d-\d\dT\d\d-\d\dZ\/?)$/;
/** Matches any other file: without this check it would be read as the name of an inventory, and fail later. */
export const OTHER_FILE =
  /\.(csv|tsv|txt|json|jsonl|ndjson|geojson|xml|orc|parquet|avro|xlsx?|gz|bz2|xz|zst|zip|tar|tgz)\/?$/i;
/** Buckets created before 2018 may have capitals, underscores and up to 255 characters. */
const SOURCE_BUCKET = /^[\w.-]{3,255}$/;

const EXPECTED =
  'must be an inventory, s3://destination/prefix/bucket/config-id, or a listing that ends in .csv, .csv.gz, .txt or .txt.gz';

/** Throws FieldError. */
export function parseInventoryLocation(value: string): InventoryLocation {
  const location = parseS3Location(value);
  if (PART_OF_REPORT.test(`/${location.key}`)) {
    throw new FieldError(
      'must be the folder of the inventory, s3://destination/prefix/bucket/config-id, not a part of it',
    );
  }
  return parseListing(location) ?? parseReports(location);
}

function parseListing({ bucket, key }: S3Location): ObjectListing | undefined {
  const [, extension, gzip] = LISTING.exec(key) ?? [];
  if (extension === undefined) return undefined;
  return {
    kind: 'listing',
    bucket,
    key,
    format: extension === 'csv' ? 'csv' : 'text',
    compression: gzip === undefined ? 'none' : 'gzip',
  };
}

function parseReports({ bucket, key }: S3Location): InventoryReports {
  if (key === '' || OTHER_FILE.test(key)) throw new FieldError(EXPECTED);
  const segments = key.replace(/\/$/, '').split('/');
  const dt =
    segments.at(-1)?.startsWith('dt=') === true ? segments.pop()?.slice('dt='.length) : undefined;
  if (segments.at(-1) === 'hive') segments.pop();
  if (dt !== undefined) checkReportTime(dt);
  if (segments.includes('')) throw new FieldError('must not contain two slashes in a row');

  const [sourceBucket, configId] = segments.slice(-2);
  if (sourceBucket === undefined || configId === undefined) {
    throw new FieldError(EXPECTED);
  }
  if (!SOURCE_BUCKET.test(sourceBucket)) {
    throw new FieldError(
      `must name the inventoried bucket before config-id: "${sourceBucket}" is not a valid bucket name`,
    );
  }
  const reports = {
    kind: 'inventory',
    bucket,
    prefix: segments.join('/'),
    sourceBucket,
    configId,
  } as const;
  return dt === undefined ? reports : { ...reports, dt };
}

function checkReportTime(dt: string): void {
  const [, date, hour, minute] = /^(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)$/.exec(dt) ?? [];
  const iso = `${date ?? ''}T${hour ?? ''}:${minute ?? ''}:00.000Z`;
  const time = new Date(iso);
  // Date turns 30 February into 2 March, so the day exists only if it comes back unchanged.
  if (!Number.isNaN(time.getTime()) && time.toISOString() === iso) return;
  throw new FieldError(`must name a report as dt=YYYY-MM-DD-HH-MM: "dt=${dt}" is not a valid time`);
}
