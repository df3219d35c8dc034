import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { UPLOAD_REQUESTS } from '../runtime/aws-requests.js';
import { tryAwsStatus } from '../runtime/error-codes.js';
import { failureOf } from '../runtime/errors.js';
import { withoutTrailingSlashes } from '../runtime/text.js';
import { s3Href, type S3ObjectName } from '../source/s3-href.js';
import { OutputError } from './error.js';
import type { OutputContent, OutputFile, OutputStore } from './store.js';

/** Bytes of a part; a smaller file is written with one request. Two parts are in memory at a time. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_A_TIME = 2;

const LOCATION = /^s3:\/\/([^/]+)\/?(.*)$/;

interface S3StoreOptions {
  /** `s3://bucket/prefix` */
  readonly outputs: string;
  /** @default the region of the environment */
  readonly region?: string | undefined;
  readonly client?: S3Client;
}

/** Returns a store that writes below an S3 location. */
export function s3Store({ outputs, region, client }: S3StoreOptions): OutputStore {
  let s3 = client;
  return {
    put: async (content, file) => {
      s3 ??= new S3Client({
        followRegionRedirects: true,
        requestHandler: UPLOAD_REQUESTS,
        ...(region !== undefined && { region }),
      });
      const target = objectOf(outputs, file.name);
      await upload(s3, target, { content, file });
      return s3Href(target);
    },
  };
}

/** Returns the object of a file below `s3://bucket/prefix`. */
export function objectOf(outputs: string, name: string): S3ObjectName {
  const [, bucket = '', prefix = ''] = LOCATION.exec(withoutTrailingSlashes(outputs)) ?? [];
  return { bucket, key: prefix === '' ? name : `${prefix}/${name}` };
}

interface Uploaded {
  readonly content: OutputContent;
  readonly file: OutputFile;
}

async function upload(
  client: S3Client,
  { bucket, key }: S3ObjectName,
  { content, file: { type, signal } }: Uploaded,
): Promise<void> {
  const href = s3Href({ bucket, key });
  signal?.throwIfAborted();
  const body = typeof content === 'string' ? await fileBody(content, href) : content;
  const running = new Upload({
    client,
    params: { Bucket: bucket, Key: key, Body: body, ContentType: type },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_A_TIME,
  });
  const abort = () => void running.abort().catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await running.done();
  } catch (cause) {
    throw uploadError(href, cause);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function fileBody(path: string, href: string) {
  try {
    const { size } = await stat(path);
    // A stream of an empty file has no part, which S3 refuses.
    return size === 0 ? new Uint8Array() : createReadStream(path);
  } catch (cause) {
    throw new OutputError(`${href}: ${path} cannot be read: ${failureOf(cause).message}`, {
      kind: 'permanent',
      cause,
    });
  }
}

function uploadError(href: string, cause: unknown): OutputError {
  const { name, message } = failureOf(cause);
  const hint =
    tryAwsStatus(cause) === 403
      ? ': check that the bucket policy, and the policy of its KMS key if it has one, let the role of the function write'
      : '';
  return new OutputError(`${href}: cannot be written: ${name}: ${message}${hint}`, {
    kind: 'transient',
    cause,
  });
}
