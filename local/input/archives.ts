import { withoutArchiveExtension } from '../../lambdas/runtime/archive.js';
import { archiveFormatAt } from '../../lambdas/source/file.js';
import { walk } from './walk.js';

/** Keeps track of files that are archives by their names, and whose content is not beside them in a folder. */
export class Archives {
  #count = 0;
  #first: string | undefined;
  /** The last archive, as long as its folder may still follow: in a listing, `a.zip` is before `a/`. */
  #last: { readonly key: string; readonly folder: string } | undefined;

  /** Adds a file that the pipeline does not recognize. `isUnpacked` tells whether a folder is there. */
  add(key: string, isUnpacked: (folder: string) => boolean = () => false): void {
    const folder = withoutArchiveExtension(key);
    if (folder === undefined || isUnpacked(folder)) return;
    this.#keepLast();
    this.#last = { key, folder };
  }

  /** Adds a file that is an archive by its content. */
  found(key: string): void {
    this.#keepLast();
    this.#last = { key, folder: key };
  }

  /** Tells of every file, in the order of their keys. */
  see(key: string): void {
    if (this.#last !== undefined && key.startsWith(`${this.#last.folder}/`)) this.#last = undefined;
  }

  /** Describes the archives in a few words, such as `3 archives, such as 'a.zip': unpack them`. */
  describe(): string | undefined {
    this.#keepLast();
    if (this.#first === undefined) return undefined;
    return this.#count === 1
      ? `the archive '${this.#first}': unpack it`
      : `${this.#count} archives, such as '${this.#first}': unpack them`;
  }

  #keepLast(): void {
    if (this.#last === undefined) return;
    this.#count += 1;
    this.#first ??= this.#last.key;
    this.#last = undefined;
  }
}

/** Files of a folder that are looked at. */
const MAX_FILES = 1000;

/** Describes the archives of a folder without granules. Their content counts, because a download may have any name. */
export async function archivesIn(folder: string): Promise<string | undefined> {
  const archives = new Archives();
  let count = 0;
  for await (const { key, path } of walk(folder)) {
    const format = archiveFormatAt(path);
    // A compressed file is an archive only by its name: data may be compressed, too.
    if (format === 'zip' || format === 'tar') archives.found(key);
    else archives.add(key);
    if (++count === MAX_FILES) break;
  }
  return archives.describe();
}
