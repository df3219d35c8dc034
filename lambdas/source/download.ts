import type { Readable } from 'node:stream';
import { retry } from '../runtime/retry.js';
import { PartFile } from './part-file.js';
import { BodyError, eachChunk } from './s3-body.js';

/** The rest of an object whose transfer broke off. */
export interface Rest {
  /** Number of bytes that have arrived. */
  readonly offset: number;
  /** The ETag of the object to which they belong. */
  readonly version: string;
}

export interface OpenBody {
  readonly body: Readable;
  /** Size of the whole object in bytes. */
  readonly size: number | undefined;
  /** The ETag. Without it, the transfer begins again if it breaks off. */
  readonly version: string | undefined;
  /** Whether the body is the rest that was asked for, not the whole object. */
  readonly isRest: boolean;
}

interface Download {
  readonly href: string;
  readonly path: string;
  /** Requests the object, or its rest. Throws BodyError if it has to be requested again from its beginning. */
  readonly open: (rest: Rest | undefined) => Promise<OpenBody>;
  readonly signal: AbortSignal | undefined;
}

/** Requests for one object: the first, and those that continue it. */
const TRIES = 5;

/**
 * Writes an object to a file that has its name only when it is whole. Continues a transfer that breaks off or stalls, in
 * TRIES requests in all; there is no limit of time, because the object may be large. Throws the errors of `open`,
 * BodyError, and ReadError if the file cannot be written.
 */
export async function downloadTo({ href, path, open, signal }: Download): Promise<void> {
  if (signal?.aborted === true) throw new BodyError('the read was given up');
  const file = await PartFile.create({ href, path });
  const next = continuing(file, open);
  try {
    await retry(() => transfer(file, next, signal), {
      tries: TRIES,
      deadline: Infinity,
      isRetryable: (error) => error instanceof BodyError && !isAborted(signal),
    });
    await file.finish();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Returns a function that requests what is missing of the file. */
function continuing(file: PartFile, open: Download['open']): () => Promise<OpenBody> {
  let known: OpenBody | undefined;
  return async () => {
    const rest = restOf(file, known);
    // If this request fails, for example because the object was replaced, the next one asks for the whole object.
    known = undefined;
    const opened = await open(rest);
    known = opened;
    return opened;
  };
}

/** A whole object whose body failed, for example by its checksum, has no rest. */
function restOf({ bytes }: PartFile, known: OpenBody | undefined): Rest | undefined {
  if (known?.version === undefined || bytes === 0) return undefined;
  if (known.size === undefined || bytes >= known.size) return undefined;
  return { offset: bytes, version: known.version };
}

async function transfer(
  file: PartFile,
  next: () => Promise<OpenBody>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { body, size, isRest } = await next();
  try {
    if (!isRest) await file.restart();
    await eachChunk(body, (chunk) => file.append(chunk), { signal });
  } finally {
    body.destroy();
  }
  if (size !== undefined && file.bytes !== size) {
    throw new BodyError(`${file.bytes} of ${size} bytes arrived`);
  }
}

/** A function, because TypeScript takes a field that was false for false later. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Whether a Content-Range header says that the body begins at the rest. */
export function isRestOf(contentRange: string | undefined, rest: Rest | undefined): boolean {
  return rest !== undefined && contentRange?.startsWith(`bytes ${rest.offset}-`) === true;
}

/** Returns the size of the whole object, which for a part of it is in the Content-Range header. */
export function wholeSize(
  contentRange: string | undefined,
  contentLength: number | undefined,
): number | undefined {
  if (contentRange === undefined) return contentLength;
  const [, size] = /\/(\d+)$/.exec(contentRange) ?? [];
  return size === undefined ? undefined : Number(size);
}
