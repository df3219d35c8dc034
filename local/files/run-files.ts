import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { errorCode } from '../../lambdas/runtime/errors.js';
import { OutputError } from './output-error.js';

/** 128 bits of the body: a message is the same message when its text is the same. */
export function keyOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

/** With the folders above it; one that is there is left as it is. Throws OutputError. */
export function makeFolder(path: string): void {
  try {
    makeWithParents(resolve(path));
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

/** Not mkdir's `recursive`: with it Node 20 and 22 try for ever where a parent refuses folders with ENOENT, as /proc does. */
function makeWithParents(path: string): void {
  const parent = dirname(path);
  try {
    mkdirSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || existsSync(parent)) throw error;
    makeWithParents(parent);
    mkdirSync(path);
  }
}

export function readLines(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}
