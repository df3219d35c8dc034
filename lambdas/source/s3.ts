import { GetObjectCommand, S3Client, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { tryAwsStatus } from '../runtime/aws-status.js';
import { failureOf, ReadError } from '../runtime/errors.js';
import {
  MAX_READ_BYTES,
  type ByteRange,
  type GranuleSource,
  type SourceOptions,
} from './source.js';
import { parseS3Href } from './s3-href.js';

type S3Reader = Pick<S3Client, 'send'>;

/** Reads objects of S3, a requester-pays bucket included. */
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
    // A bucket in another region answers with a redirect that names it.
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
  // An unread body would keep its socket for ever.
  if ('destroy' in Body) Body.destroy();
  throw new ReadError(
    `${href}: holds ${ContentLength ?? 0} bytes, and metadata of more than ${MAX_READ_BYTES} is not read`,
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
      `${href}: access denied (${name}): the role may lack s3:GetObject, or the bucket wants requester_pays: true`,
      { href, kind: 'transient', cause },
    );
  }
  return new ReadError(`${href}: cannot be read: ${name}: ${message}`, {
    href,
    kind: 'transient',
    cause,
  });
}
