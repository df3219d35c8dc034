import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { MessageQueue } from '../../lambdas/queue/queue.js';
import { errorCode } from '../../lambdas/runtime/error-codes.js';
import { encodingOf } from '../../lambdas/runtime/text.js';
import { LineFile } from '../files/line-file.js';
import { linesOf } from '../files/lines.js';
import { makeFolder } from '../files/run-files.js';
import { InputError } from './input-error.js';
import { unlimitedQueue } from './unlimited-queue.js';

/** Throws InputError if the file cannot be read or contains no message. */
export async function assertMessageFile(path: string): Promise<void> {
  const messages = messagesOf(path);
  const { done } = await messages.next();
  await messages.return(undefined);
  if (done !== true) return;
  throw new InputError(`--messages '${path}' contains no message: write one message body per line`);
}

/**
 * Yields the bodies of a file with one message per line, without empty lines. The encoding is that of the byte order
 * mark (which is removed), otherwise UTF-16 if every other byte is NUL, otherwise UTF-8. Throws InputError.
 */
export async function* messagesOf(path: string): AsyncGenerator<string> {
  try {
    for await (const line of linesOf(textOf(path))) if (line.trim() !== '') yield line;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* textOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(await encodingAtStart(path), { fatal: true });
  for await (const bytes of createReadStream(path)) {
    yield decoder.decode(bytes as Buffer, { stream: true });
  }
  yield decoder.decode();
}

async function encodingAtStart(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return encodingOfLines(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/**
 * Detects the encoding of a file of lines, such as `utf-16le`, from its first two bytes: no message and no key starts
 * with NUL, so half a character of UTF-16 shows its byte order.
 */
export function encodingOfLines(start: Uint8Array): string {
  if (start[0] === 0) return 'utf-16be';
  return start[1] === 0 ? 'utf-16le' : encodingOf(start);
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist',
  EISDIR: 'it is a folder; pass a file with one message body per line',
  EACCES: 'permission denied',
};

function unreadable(path: string, cause: unknown): InputError {
  const reason = UNREADABLE[errorCode(cause) ?? ''] ?? String(cause);
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
  const queue = unlimitedQueue((messages) => {
    for (const { body } of messages) file.append(lineOf(body));
    // An accepted message must survive a killed process.
    file.flush();
    return Promise.resolve([]);
  });
  return {
    ...queue,
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
