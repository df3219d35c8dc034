import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { tryAwsStatus } from '../runtime/error-codes.js';
import { isRestOf, wholeSize, type OpenBody, type Rest } from './download.js';
import { BodyError } from './s3-body.js';

interface ObjectRequest {
  readonly object: GetObjectCommandInput;
  readonly signal: AbortSignal | undefined;
}

/** Requests an object, or its rest if it was not replaced since. Throws the errors of the SDK, and BodyError. */
export async function openObject(
  client: Pick<S3Client, 'send'>,
  { object, signal }: ObjectRequest,
  rest: Rest | undefined,
): Promise<OpenBody> {
  const part = rest && { Range: `bytes=${rest.offset}-`, IfMatch: rest.version };
  const command = new GetObjectCommand({ ...object, ...part });
  try {
    const response = await client.send(command, signal && { abortSignal: signal });
    const { Body, ContentRange, ContentLength, ETag } = response;
    return {
      // In Node, the SDK's body is a stream.
      body: (Body as Readable | undefined) ?? Readable.from([]),
      size: wholeSize(ContentRange, ContentLength),
      version: ETag,
      isRest: isRestOf(ContentRange, rest),
    };
  } catch (cause) {
    if (rest === undefined || tryAwsStatus(cause) !== 412) throw cause;
    throw new BodyError('the object was replaced while it was read', { cause });
  }
}
