import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import { errorCode } from '../../lambdas/runtime/errors.js';
import { InputError } from './input-error.js';

/** Throws InputError where the file can't be read. */
export async function assertMessageFile(path: string): Promise<void> {
  await access(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

/** The bodies of a file with one message a line; empty lines are none. Throws InputError. */
export async function* messagesOf(path: string): AsyncGenerator<string> {
  try {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
    for await (const line of lines) if (line.trim() !== '') yield line;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): InputError {
  const reason = errorCode(cause) === 'ENOENT' ? 'there is no such file' : String(cause);
  return new InputError(`--messages '${path}' cannot be read: ${reason}`, { cause });
}
