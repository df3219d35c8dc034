import { type Dirent, readdirSync } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { setImmediate as others } from 'node:timers/promises';

import { errorCode } from '../../lambdas/runtime/errors.js';
import { InputError } from './input-error.js';

/** A file below a folder, as an S3 listing would name it. */
export interface FoundFile {
  /** Relative to the folder, with slashes. */
  readonly key: string;
  readonly path: string;
}

/** Entries after which others in this thread have their turn. */
const OTHERS_AFTER = 200;

/** All files below a folder in the order of their names; links are followed, save those that lead back up. */
export async function* walk(folder: string): AsyncGenerator<FoundFile> {
  // A stack instead of recursion: each level of nested generators costs every file once more.
  const open = [{ path: folder, key: '', entries: sortedEntries(folder), at: 0 }];
  let seen = 0;
  for (let level = open.at(-1); level; level = open.at(-1)) {
    if (++seen % OTHERS_AFTER === 0) await others();
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
    // A link that leads nowhere is a file that can't be read, and says so when it is.
    () => false,
  );
  if (!isFolder) return 'file';
  const target = await realpath(path);
  const parents = await Promise.all(above.map((folder) => realpath(folder)));
  return parents.includes(target) ? 'circle' : 'folder';
}

/** Synchronous: a third of the time, for folders that hold few files each. */
function sortedEntries(folder: string): Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const NO_FOLDER: Readonly<Record<string, string>> = {
  ENOENT: 'there is nothing there',
  ENOTDIR: 'it is a file',
};

/** Throws InputError where `path` is no folder that can be read. */
export async function assertFolder(path: string, what: string): Promise<void> {
  try {
    const folder = await opendir(path);
    await folder.close();
  } catch (cause) {
    const reason = NO_FOLDER[errorCode(cause) ?? ''] ?? String(cause);
    throw new InputError(`${what} '${path}' is no folder that can be read: ${reason}`, { cause });
  }
}
