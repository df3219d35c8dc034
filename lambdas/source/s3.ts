import { GetObjectCommand, S3Client, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { tryAwsStatus } from '../runtime/errors.js';
import { failureOf, ReadError } from '../runtime/errors.js';
import {
  MAX_READ_BYTES,
  type ByteRange,
  type GranuleSource,
  type SourceOptions,
} from './source.js';
import { parseS3Href } from './s3-href.js';

type S3Reader = Pick<S3Client, 'send'>;

/** Reads objects from S3, including those of requester-pays buckets. */
export class S3Source implements GranuleSource {
  readonly #options: SourceOptions;
  #client: S3Reader | undefined;

  constructor(options: SourceOptions, client?: S3Reader) {
    this.#options = options;
    this.#client = client;
  }

  async read(href: string, range?: ByteRange): Promise<Uint8Array> {
    const { bucket, key } = parseS3Href(href);
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(range && { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
      ...(this.#options.requesterPays && { RequestPayer: 'requester' as const }),
    });
    try {
      return await bytesOf(await this.#s3().send(command), href);
    } catch (cause) {
      if (tryAwsStatus(cause) === 416) return new Uint8Array();
      throw cause instanceof ReadError ? cause : readError(href, cause);
    }
  }

  #s3(): S3Reader {
    const { region } = this.#options;
    // S3 redirects requests for a bucket of another region to that region.
    this.#client ??= new S3Client({
      followRegionRedirects: true,
      ...(region !== undefined && { region }),
    });
    return this.#client;
  }
}

async function bytesOf(
  { Body, ContentLength }: GetObjectCommandOutput,
  href: string,
): Promise<Uint8Array> {
  if (Body === undefined) return new Uint8Array();
  if ((ContentLength ?? 0) <= MAX_READ_BYTES) return Body.transformToByteArray();
  // A body that is not read would keep its socket open forever.
  if ('destroy' in Body) Body.destroy();
  throw new ReadError(
    `${href}: has ${ContentLength ?? 0} bytes; objects of more than ${MAX_READ_BYTES} bytes are not read`,
    { href, kind: 'permanent' },
  );
}

function readError(href: string, cause: unknown): ReadError {
  const status = tryAwsStatus(cause);
  const { name, message } = failureOf(cause);
  if (status === 404) {
    const what = name === 'NoSuchBucket' ? 'its bucket' : 'the object';
    return new ReadError(`${href}: ${what} does not exist (${name})`, {
      href,
      kind: 'permanent',
      cause,
    });
  }
  if (status === 403) {
    return new ReadError(
      `${href}: access denied (${name}): check that the role may use s3:GetObject, and whether the bucket needs requester_pays: true`,
      { href, kind: 'transient', cause },
    );
  }
  return new ReadError(`${href}: cannot be read: ${name}: ${message}`, {
    href,
    kind: 'transient',
    cause,
  });
}
