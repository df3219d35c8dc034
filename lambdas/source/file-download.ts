import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReadError } from '../runtime/errors.js';
import { downloadTo, type OpenBody } from './download.js';
import { fileError, localPath, readFile } from './file.js';
import { writeError } from './part-file.js';

/** A smaller file is copied synchronously, which takes a tenth of the time. */
const LARGE_BYTES = 2 ** 20;

/** Copies a file on disk to `path`. Throws ReadError. */
export async function downloadFile(
  href: string,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    if (signal?.aborted !== true && isSmall(localPath(href))) await copySmall(href, path);
    else await downloadTo({ href, path, open: () => openFile(href), signal });
  } catch (cause) {
    throw cause instanceof ReadError ? cause : fileError(href, cause);
  }
}

function isSmall(path: string): boolean {
  return statSync(path).size < LARGE_BYTES;
}

async function copySmall(href: string, path: string): Promise<void> {
  const bytes = readFile(href);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  } catch (cause) {
    await rm(path, { force: true }).catch(() => undefined);
    throw writeError({ href, path }, 0, cause);
  }
}

async function openFile(href: string): Promise<OpenBody> {
  try {
    const handle = await open(localPath(href));
    const about = await handle.stat();
    // A folder can be opened; reading it would fail with this code.
    if (about.isDirectory()) {
      await handle.close();
      throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    }
    const body = handle.createReadStream();
    return { body, size: undefined, version: undefined, isRest: false };
  } catch (cause) {
    throw fileError(href, cause);
  }
}
