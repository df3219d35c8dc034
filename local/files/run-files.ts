import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { errorCode } from '../../lambdas/runtime/errors.js';
import { OutputError } from './whole-file.js';

/** Returns a 128-bit key of the body. Messages with the same text count as the same message. */
export function keyOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

/** Creates a folder and its parents, if they do not exist. Throws OutputError. */
export function makeFolder(path: string): void {
  try {
    makeWithParents(resolve(path));
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

/** Does not use `recursive`: with it, Node 20 and 22 loop forever if a parent fails with ENOENT, as /proc does. */
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
