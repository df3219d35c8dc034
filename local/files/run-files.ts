import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { errorCode } from '../../lambdas/runtime/errors.js';
import { OutputError } from './output-error.js';

/** Returns a 128-bit hash of a body. Messages with the same text are the same message. */
export function keyOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

/** Creates a folder and its parents, unless it exists. Throws OutputError. */
export function makeFolder(path: string): void {
  try {
    makeWithParents(resolve(path));
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

/** With `recursive`, mkdir of Node.js 20 and 22 loops forever if a parent refuses folders with ENOENT, as /proc does. */
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
