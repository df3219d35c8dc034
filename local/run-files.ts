import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { OutputError } from './output-error.js';

/** 128 bits of the body: a message is the same message when its text is the same. */
export function keyOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

export function readLines(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}
