import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

import { DEFAULT_MAX_BYTES, type MessageQueue } from '../../lambdas/queue/queue.js';
import { errorCode } from '../../lambdas/runtime/errors.js';
import { LineFile } from '../files/line-file.js';
import { makeFolder } from '../files/run-files.js';
import { InputError } from './input-error.js';

/** Throws InputError if the file cannot be read. */
export async function assertMessageFile(path: string): Promise<void> {
  await access(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

/** Yields the bodies of a file with one message per line, without empty lines. Throws InputError. */
export async function* messagesOf(path: string): AsyncGenerator<string> {
  try {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
    for await (const line of lines) if (line.trim() !== '') yield line;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): InputError {
  const reason = errorCode(cause) === 'ENOENT' ? 'the file does not exist' : String(cause);
  return new InputError(`--messages '${path}' cannot be read: ${reason}`, { cause });
}

export interface MessageLines extends MessageQueue {
  /** Returns true if the file has no message, not even from an earlier run. */
  isEmpty(): boolean;
  close(): void;
}

/** Returns a queue that writes one message per line to a file, in the format that `npm run local` reads with --messages. */
export function messageLines(path: string, options: { readonly fresh: boolean }): MessageLines {
  makeFolder(dirname(path));
  const file = new LineFile(path, options);
  return {
    maxBytes: () => Promise.resolve(DEFAULT_MAX_BYTES),
    depth: () => Promise.resolve(0),
    sendBatch: (bodies) => {
      for (const body of bodies) file.append(lineOf(body));
      // An accepted message must survive a killed process.
      file.flush();
      return Promise.resolve([]);
    },
    isEmpty: () => file.size === 0,
    close: () => {
      file.close();
    },
  };
}

/** Returns the body on one line. A body with line breaks is written as JSON, which parses to the same message. */
function lineOf(body: string): string {
  if (!/[\r\n\u2028\u2029]/.test(body) && body.trim() !== '') return body;
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return JSON.stringify(body);
  }
}
