import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { archiveHint } from '../runtime/archive.js';
import { S3_REQUESTS } from '../runtime/aws-requests.js';
import { tryAwsStatus } from '../runtime/error-codes.js';
import { failureOf, ReadError } from '../runtime/errors.js';
import { limiter } from '../runtime/limiter.js';
import { retry } from '../runtime/retry.js';
import { BodyError, readBody } from './s3-body.js';
import {
  MAX_READ_BYTES,
  type AbortableSource,
  type ByteRange,
  type SourceOptions,
} from './source.js';
import { parseS3Href } from './s3-href.js';

type S3Reader = Pick<S3Client, 'send'>;

/** Fewer than the sockets of the client: a request that waits for a socket counts as connecting, and fails after 1 s. */
const CONCURRENT_READS = 200;
/** An object is read again if its body broke off or stalled, in all this often, and not after RETRY_MS. */
const TRIES = 3;
const RETRY_MS = 15_000;

/** Reads objects from S3, including those of requester-pays buckets. */
export class S3Source implements AbortableSource {
  readonly #options: SourceOptions;
  readonly #limited = limiter(CONCURRENT_READS);
  #client: S3Reader | undefined;

  constructor(options: SourceOptions, client?: S3Reader) {
    this.#options = options;
    this.#client = client;
  }

  async read(href: string, range?: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    const { bucket, key } = parseS3Href(href);
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(range && { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
      ...(this.#options.requesterPays && { RequestPayer: 'requester' as const }),
    });
    const attempt = () => readOnce(this.#s3(), { command, href, signal });
    const isRetryable = (error: unknown) => error instanceof BodyError && signal?.aborted !== true;
    try {
      const deadline = Date.now() + RETRY_MS;
      return await this.#limited(() => retry(attempt, { tries: TRIES, deadline, isRetryable }));
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
      requestHandler: S3_REQUESTS,
      ...(region !== undefined && { region }),
    });
    return this.#client;
  }
}

interface Read {
  readonly command: GetObjectCommand;
  readonly href: string;
  readonly signal: AbortSignal | undefined;
}

async function readOnce(client: S3Reader, { command, href, signal }: Read): Promise<Uint8Array> {
  const response = await client.send(command, signal && { abortSignal: signal });
  const { Body, ContentLength = 0 } = response;
  if (ContentLength <= MAX_READ_BYTES) return readBody(response, { signal });
  // A body that is not read would keep its socket open forever.
  if (Body !== undefined && 'destroy' in Body) Body.destroy();
  throw new ReadError(
    `${href}: has ${ContentLength} bytes; objects of more than ${MAX_READ_BYTES} bytes are not read`,
    { href, kind: 'permanent' },
  );
}

function readError(href: string, cause: unknown): ReadError {
  const status = tryAwsStatus(cause);
  const { name, message } = failureOf(cause);
  if (status === 404) {
    const what = name === 'NoSuchBucket' ? 'its bucket' : 'the object';
    const hint = archiveHint(href);
    return new ReadError(`${href}: ${what} does not exist (${name})${hint}`, {
      href,
      kind: 'permanent',
      missing: name !== 'NoSuchBucket' && hint === '',
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
