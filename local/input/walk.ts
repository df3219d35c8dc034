import { type Dirent, readdirSync } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

import { errorCode } from '../../lambdas/runtime/error-codes.js';
import { archiveFormatAt } from '../../lambdas/source/file.js';
import { InputError } from './input-error.js';

/** A file below a folder. */
export interface FoundFile {
  /** Path relative to the folder with slashes, like a key in an S3 listing. */
  readonly key: string;
  readonly path: string;
}

/** Number of entries after which the walk yields to the event loop. */
const YIELD_AFTER = 200;

/** Yields all files below a folder, sorted by name. Follows links, except those to a parent folder. */
export async function* walk(folder: string): AsyncGenerator<FoundFile> {
  // A stack instead of recursion, because with nested generators every file passes through each level.
  const open = [{ path: folder, key: '', entries: sortedEntries(folder), at: 0 }];
  let seen = 0;
  for (let level = open.at(-1); level; level = open.at(-1)) {
    if (++seen % YIELD_AFTER === 0) await yieldToEventLoop();
    const entry = level.entries[level.at++];
    if (!entry) {
      open.pop();
      continue;
    }
    const file = { key: level.key + entry.name, path: `${level.path}/${entry.name}` };
    const above = open.map(({ path }) => path);
    const kind = entry.isSymbolicLink() ? await kindOfLink(file.path, above) : kindOf(entry);
    if (kind === 'file') yield file;
    if (kind !== 'folder') continue;
    open.push({ ...file, key: `${file.key}/`, entries: sortedEntries(file.path), at: 0 });
  }
}

type Kind = 'file' | 'folder' | 'circle';

function kindOf(entry: Dirent): Kind {
  return entry.isDirectory() ? 'folder' : 'file';
}

async function kindOfLink(path: string, above: readonly string[]): Promise<Kind> {
  const isFolder = await stat(path).then(
    (target) => target.isDirectory(),
    // A dangling link counts as a file; reading it fails with a clear error.
    () => false,
  );
  if (!isFolder) return 'file';
  const target = await realpath(path);
  const parents = await Promise.all(above.map((folder) => realpath(folder)));
  return parents.includes(target) ? 'circle' : 'folder';
}

/** Synchronous, because that takes a third of the time for folders with few files. */
function sortedEntries(folder: string): Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const NO_FOLDER: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is a file',
};

/** Throws InputError if `path` is not a readable folder. `what` is the option that named it. */
export async function assertFolder(path: string, what: string): Promise<void> {
  try {
    const folder = await opendir(path);
    await folder.close();
  } catch (cause) {
    const archive = archiveFormatAt(path);
    const reason =
      archive === undefined
        ? (NO_FOLDER[errorCode(cause) ?? ''] ?? String(cause))
        : `it is a ${archive} file: unpack it`;
    throw new InputError(`${what} '${path}' is not a readable folder: ${reason}`, { cause });
  }
}
