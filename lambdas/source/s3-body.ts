import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { failureOf, ReadError } from '../runtime/errors.js';

/** Time without a byte after which a body counts as stalled. */
const BODY_IDLE_MS = 4_000;

/** Thrown when a body broke off or stalled. The SDK retries only until the headers have arrived. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
}

interface Response {
  readonly Body?: GetObjectCommandOutput['Body'] | undefined;
}

export interface ReadBodyOptions {
  /** @default BODY_IDLE_MS */
  readonly idleMs?: number;
  /** Ends the read and frees its socket. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads the whole body of a response. Throws BodyError if it breaks off, stalls, or is aborted; its socket is then free. */
export async function readBody({ Body }: Response, options: ReadBodyOptions = {}): Promise<Buffer> {
  if (Body === undefined) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  const take = (chunk: Buffer) => {
    chunks.push(chunk);
  };
  // In Node, the SDK's body is a stream.
  await eachChunk(Body as Readable, take, options);
  return Buffer.concat(chunks);
}

/**
 * Reads a body and passes on its chunks, one after the other. The time that `take` needs does not count as idle. Throws
 * BodyError as readBody does, and the ReadErrors of `take`.
 */
export async function eachChunk(
  stream: Readable,
  take: (chunk: Buffer) => void | Promise<void>,
  { idleMs = BODY_IDLE_MS, signal }: ReadBodyOptions = {},
): Promise<void> {
  let bytes = 0;
  let isTaking = false;
  const stop = (reason: string) => {
    stream.destroy(new BodyError(reason));
  };
  const idle = idleTimer(idleMs, () => {
    if (!isTaking) stop(`no more bytes arrived for ${idleMs} ms, after ${bytes} bytes`);
  });
  const onAbort = () => {
    stop('the read was given up');
  };
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      isTaking = true;
      await take(chunk);
      isTaking = false;
      idle.restart();
    }
  } catch (cause) {
    if (cause instanceof BodyError || cause instanceof ReadError) throw cause;
    throw new BodyError(failureOf(cause).message, { cause });
  } finally {
    idle.clear();
    signal?.removeEventListener('abort', onAbort);
  }
}

/**
 * Calls `onIdle` if `restart` is not called for `idleMs`. Bytes that arrived while the process was busy are taken
 * before it decides: they are read in the phase of the event loop between a timer and setImmediate.
 */
function idleTimer(idleMs: number, onIdle: () => void) {
  let restarts = 0;
  const timer = setTimeout(() => {
    const before = restarts;
    setImmediate(() => {
      if (restarts === before) onIdle();
    });
  }, idleMs);
  return {
    restart: () => {
      restarts += 1;
      timer.refresh();
    },
    clear: () => {
      restarts += 1;
      clearTimeout(timer);
    },
  };
}
