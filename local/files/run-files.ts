import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

import { errorCode } from '../../lambdas/runtime/error-codes.js';
import { linesOf } from './lines.js';
import { OutputError } from './whole-file.js';

const COUNT_BYTES = 256 * 1024;

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

/** Returns the number of lines of a file; 0 if it does not exist or is not a regular file. */
export function countLines(path: string): number {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return 0;
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(COUNT_BYTES);
  let lines = 0;
  try {
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      for (let at = chunk.indexOf('\n'); at >= 0 && at < count; at = chunk.indexOf('\n', at + 1))
        lines++;
    }
  } finally {
    closeSync(file);
  }
  return lines;
}

export function readLines(path: string): AsyncIterable<string> {
  return linesOf(createReadStream(path, 'utf8') as AsyncIterable<string>);
}
