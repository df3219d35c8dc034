import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorCode, ReadError, type FailureKind } from '../runtime/errors.js';
import { MAX_READ_BYTES, type ByteRange } from './source.js';

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** Reads a file on disk. The read is synchronous, because that is faster for small local files. Throws ReadError. */
export function readFile(href: string, range?: ByteRange): Uint8Array {
  const path = href.startsWith('file://') ? fileURLToPath(href) : href;
  try {
    return readPart(path, range);
  } catch (cause) {
    const code = errorCode(cause) ?? 'unknown';
    const kind: FailureKind =
      CAUSES[code] === undefined || code === 'EACCES' ? 'transient' : 'permanent';
    throw new ReadError(`${href}: cannot be read: ${CAUSES[code] ?? String(cause)}`, {
      href,
      kind,
      cause,
    });
  }
}

function readPart(path: string, range?: ByteRange): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const offset = range?.offset ?? 0;
    const length = Math.max(0, Math.min(range?.length ?? size, size - offset));
    if (length > MAX_READ_BYTES) throw new RangeError(`larger than ${MAX_READ_BYTES} bytes`);
    const bytes = Buffer.allocUnsafe(length);
    const count = readSync(file, bytes, 0, length, offset);
    return bytes.subarray(0, count);
  } finally {
    closeSync(file);
  }
}
