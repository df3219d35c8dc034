import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import type { ByteRange } from '../../lambdas/source/source.js';
import type { ObjectPart, ObjectReader } from '../../lambdas/inventory/objects.js';
import { errorCode } from '../../lambdas/runtime/error-codes.js';

/** Reads files on disk as objects. An href is a path; the ETag consists of size and modification time. */
export const fileObjects: ObjectReader = {
  read: async (path, range, eTag) => {
    const file = await openExisting(path);
    if (file === undefined) return undefined;
    try {
      const part = await readPart(file, range);
      return eTag === undefined || part.eTag === eTag ? part : undefined;
    } finally {
      await file.close();
    }
  },
  folders: async (path) => {
    const entries = await readdir(path, { withFileTypes: true }).catch(emptyIfMissing);
    const names = entries.map(async (entry) => {
      // A link to a folder counts as a folder.
      const isFolder = entry.isDirectory() || (await stat(`${path}/${entry.name}`)).isDirectory();
      return isFolder ? [entry.name] : [];
    });
    return (await Promise.all(names)).flat();
  },
};

async function readPart(file: FileHandle, { offset, length }: ByteRange): Promise<ObjectPart> {
  const { size, mtimeMs, mtime } = await file.stat();
  const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return {
    bytes: bytes.subarray(0, filled),
    size,
    eTag: `"${size}-${mtimeMs}"`,
    lastModified: mtime,
  };
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function emptyIfMissing(error: unknown): never[] {
  if (isMissing(error)) return [];
  throw error;
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
