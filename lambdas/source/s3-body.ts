import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { failureOf } from '../runtime/errors.js';

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
export async function readBody(
  { Body }: Response,
  { idleMs = BODY_IDLE_MS, signal }: ReadBodyOptions = {},
): Promise<Buffer> {
  if (Body === undefined) return Buffer.alloc(0);
  // In Node, the SDK's body is a stream.
  const stream = Body as Readable;
  const chunks: Buffer[] = [];
  const stop = (reason: string) => {
    stream.destroy(new BodyError(reason));
  };
  const idle = idleTimer(idleMs, () => {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    stop(`no more bytes arrived for ${idleMs} ms, after ${bytes} bytes`);
  });
  const onAbort = () => {
    stop('the read was given up');
  };
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      idle.restart();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    throw cause instanceof BodyError ? cause : new BodyError(failureOf(cause).message, { cause });
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
