import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARCHIVE_START_BYTES, archiveFormatOf, type ArchiveFormat } from '../runtime/archive.js';
import { errorCode } from '../runtime/error-codes.js';
import { ReadError, type FailureKind } from '../runtime/errors.js';
import { MAX_READ_BYTES, type ByteRange } from './source.js';

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** Reads a file on disk. The read is synchronous, because that is faster for small local files. Throws ReadError. */
export function readFile(href: string, range?: ByteRange): Uint8Array {
  const path = localPath(href);
  try {
    return readPart(path, range);
  } catch (cause) {
    throw fileError(href, cause);
  }
}

/** Returns the path that a file:// URL or an absolute path names. */
export function localPath(href: string): string {
  return href.startsWith('file://') ? fileURLToPath(href) : href;
}

/** Returns the error for a file on disk that cannot be read. */
export function fileError(href: string, cause: unknown): ReadError {
  const code = errorCode(cause) ?? 'unknown';
  const kind: FailureKind =
    CAUSES[code] === undefined || code === 'EACCES' ? 'transient' : 'permanent';
  const archive = archiveAbove(localPath(href), code);
  const reason = archive ?? CAUSES[code] ?? String(cause);
  return new ReadError(`${href}: cannot be read: ${reason}`, {
    href,
    kind,
    missing: code === 'ENOENT' && archive === undefined,
    cause,
  });
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

/** Explains why a file within a granule is missing: the granule, or `<granule>.zip` beside it, is an archive. */
function archiveAbove(path: string, code: string): string | undefined {
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return undefined;
  for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
    for (const file of [above, `${above}.zip`]) {
      const format = archiveFormatAt(file);
      if (format !== undefined) return `${file} is a ${format} file: unpack it`;
    }
  }
  return undefined;
}

/** Returns the archive format of a file by its content, because a download may have any name. */
export function archiveFormatAt(path: string): ArchiveFormat | undefined {
  const bytes = tryReadPart(path, { offset: 0, length: ARCHIVE_START_BYTES });
  return bytes && archiveFormatOf(bytes);
}

function tryReadPart(path: string, range: ByteRange): Uint8Array | undefined {
  try {
    return readPart(path, range);
  } catch {
    return undefined;
  }
}
