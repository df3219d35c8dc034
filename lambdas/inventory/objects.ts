import {
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type GetObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { S3_REQUESTS } from '../runtime/aws-requests.js';
import { tryAwsStatus } from '../runtime/error-codes.js';
import { failureOf, ReadError } from '../runtime/errors.js';
import type { ByteRange } from '../source/source.js';
import { retry } from '../runtime/retry.js';
import { readBody } from '../source/s3-body.js';
import { parseS3Href } from '../source/s3-href.js';
import { s3ReadError, type S3Access } from '../source/s3-error.js';

export interface ObjectPart {
  /** The bytes in the range. Fewer than requested at the end of the object, none after it. */
  readonly bytes: Buffer;
  /** Size of the whole object in bytes. */
  readonly size: number;
  readonly eTag: string;
  readonly lastModified: Date;
}

/** Reads the objects of an inventory and of query results. */
export interface ObjectReader {
  /** Returns undefined if the object does not exist, or if its ETag is not `eTag`. */
  read(href: string, range: ByteRange, eTag?: string): Promise<ObjectPart | undefined>;
  /** Returns the names of the folders directly under `href`, which ends with a slash. */
  folders(href: string): Promise<string[]>;
}

interface S3ObjectsOptions {
  readonly requesterPays: boolean;
  readonly client?: Pick<S3Client, 'send'>;
}

const TRIES = 3;
const RETRY_TIMEOUT_MS = 30_000;
// For lists and manifests: a symlink.txt of 100,000 files has about 10 MB.
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** Returns a small object as text, or undefined if it does not exist. */
export async function readText(objects: ObjectReader, href: string): Promise<string | undefined> {
  const part = await objects.read(href, { offset: 0, length: MAX_TEXT_BYTES });
  return part?.bytes.toString('utf8');
}

export function s3Objects({ requesterPays, client }: S3ObjectsOptions): ObjectReader {
  // A bucket in another region responds with a redirect to that region.
  const s3 = client ?? new S3Client({ followRegionRedirects: true, requestHandler: S3_REQUESTS });
  const payer = requesterPays ? { RequestPayer: 'requester' as const } : {};
  return {
    read: (href, range, eTag) => {
      const request = { ...requestOf(href, range), ...payer };
      // The SDK does not retry if a body breaks off or stalls.
      const deadline = Date.now() + RETRY_TIMEOUT_MS;
      return retry(() => readPart(s3, request, eTag), { tries: TRIES, deadline });
    },
    folders: (href) => listFolders(s3, href, payer),
  };
}

interface Payer {
  readonly RequestPayer?: 'requester';
}

type PartRequest = ReturnType<typeof requestOf> & Payer;

function requestOf(href: string, { offset, length }: ByteRange) {
  const { bucket, key } = parseS3Href(href);
  return { Bucket: bucket, Key: key, Range: `bytes=${offset}-${offset + length - 1}` };
}

async function readPart(
  s3: Pick<S3Client, 'send'>,
  request: PartRequest,
  eTag: string | undefined,
): Promise<ObjectPart | undefined> {
  const href = `s3://${request.Bucket}/${request.Key}`;
  try {
    const answer = await s3.send(
      new GetObjectCommand({ ...request, ...(eTag !== undefined && { IfMatch: eTag }) }),
    );
    return await partOf(answer);
  } catch (cause) {
    const status = tryAwsStatus(cause);
    // A bucket that does not exist is a mistake in a name, and no object to wait for.
    const noObject = status === 404 && failureOf(cause).name !== 'NoSuchBucket';
    if (noObject || status === 412) return undefined;
    // The range starts at or after the end of the object, as when an earlier run had read everything.
    if (status === 416)
      return { bytes: Buffer.alloc(0), size: 0, eTag: eTag ?? '', lastModified: new Date(0) };
    throw s3ReadError(href, cause, accessOf(request, 's3:GetObject'));
  }
}

async function partOf({
  Body,
  ContentRange,
  ContentLength,
  ETag,
  LastModified,
}: GetObjectCommandOutput) {
  const bytes = await readBody({ Body });
  if (ContentLength !== undefined && bytes.length !== ContentLength) {
    throw new Error(`the connection closed after ${bytes.length} of ${ContentLength} bytes`);
  }
  const size = Number(ContentRange?.split('/')[1] ?? bytes.length);
  return { bytes, size, eTag: ETag ?? '', lastModified: LastModified ?? new Date(0) };
}

async function listFolders(
  s3: Pick<S3Client, 'send'>,
  href: string,
  payer: Payer,
): Promise<string[]> {
  const { bucket, key: prefix } = parseS3Href(href);
  const names: string[] = [];
  let token: string | undefined;
  do {
    const request = { Bucket: bucket, Prefix: prefix, Delimiter: '/', ...payer };
    const page = await s3
      .send(
        new ListObjectsV2Command({
          ...request,
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      )
      .catch((cause: unknown) => {
        throw s3ReadError(href, cause, accessOf(payer, 's3:ListBucket'));
      });
    for (const folder of page.CommonPrefixes ?? []) {
      names.push((folder.Prefix ?? '').slice(prefix.length).replace(/\/$/, ''));
    }
    token = nextToken(page.NextContinuationToken, token, href);
  } while (token !== undefined);
  return names;
}

/** Some stores repeat the same page forever; AWS never returns the same token twice. */
function nextToken(
  next: string | undefined,
  last: string | undefined,
  href: string,
): string | undefined {
  if (next === undefined || next !== last) return next;
  throw new ReadError(`${href}: the listing repeats its page token '${next}'`, {
    href,
    kind: 'transient',
  });
}

function accessOf({ RequestPayer }: Payer, action: S3Access['action']): S3Access {
  return { action, requesterPays: RequestPayer === 'requester' };
}
