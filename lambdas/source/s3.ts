import { GetObjectCommand, S3Client, type GetObjectCommandInput } from '@aws-sdk/client-s3';
import { S3_REQUESTS } from '../runtime/aws-requests.js';
import { tryAwsStatus } from '../runtime/error-codes.js';
import { ReadError } from '../runtime/errors.js';
import { limiter } from '../runtime/limiter.js';
import { retry } from '../runtime/retry.js';
import { downloadTo, type Rest } from './download.js';
import { BodyError, readBody } from './s3-body.js';
import {
  MAX_READ_BYTES,
  type AbortableSource,
  type ByteRange,
  type SourceOptions,
} from './source.js';
import { openObject } from './s3-download.js';
import { parseS3Href } from './s3-href.js';
import { s3ReadError } from './s3-error.js';

type ObjectName = Pick<GetObjectCommandInput, 'Bucket' | 'Key' | 'RequestPayer'>;
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
    const command = new GetObjectCommand({
      ...this.#object(href),
      ...(range && { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
    });
    const attempt = () => readOnce(this.#s3(), { command, href, signal });
    const isRetryable = (error: unknown) => error instanceof BodyError && signal?.aborted !== true;
    try {
      const deadline = Date.now() + RETRY_MS;
      return await this.#limited(() => retry(attempt, { tries: TRIES, deadline, isRetryable }));
    } catch (cause) {
      if (tryAwsStatus(cause) === 416) return new Uint8Array();
      throw this.#error(href, cause);
    }
  }

  /** Shares the limit of concurrent requests with the reads. */
  async download(href: string, path: string, signal?: AbortSignal): Promise<void> {
    const object = this.#object(href);
    const open = (rest: Rest | undefined) => openObject(this.#s3(), { object, signal }, rest);
    try {
      await this.#limited(() => downloadTo({ href, path, open, signal }));
    } catch (cause) {
      throw this.#error(href, cause);
    }
  }

  #object(href: string): ObjectName {
    const { bucket, key } = parseS3Href(href);
    const payer = this.#options.requesterPays && { RequestPayer: 'requester' as const };
    return { Bucket: bucket, Key: key, ...payer };
  }

  #error(href: string, cause: unknown): ReadError {
    if (cause instanceof ReadError) return cause;
    const { requesterPays } = this.#options;
    return s3ReadError(href, cause, { action: 's3:GetObject', requesterPays });
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
