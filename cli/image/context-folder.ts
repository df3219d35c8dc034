import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Modes and times may become those of the files in the image, so they must not depend on this machine. */
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** Writes a build context into an empty folder. The Dockerfile also copies from folders that have no files. */
export function writeContext(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  const folders = new Set([folder, join(folder, 'pipeline'), join(folder, 'bundle')]);
  for (const [path, content] of files) {
    const file = join(folder, path);
    for (let parent = dirname(file); parent.length > folder.length; parent = dirname(parent))
      folders.add(parent);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, FILE_MODE);
    const seconds = timeOf(content);
    utimesSync(file, seconds, seconds);
  }
  // The longest first: writing into a folder changes its time.
  for (const path of [...folders].sort((one, other) => other.length - one.length)) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, FOLDER_MODE);
    utimesSync(path, 0, 0);
  }
}

const EARLIEST = 1_000_000_000;

/**
 * Returns a time for a file, in seconds since 1970: docker takes a file whose size and time are those of an earlier build
 * for unchanged, and does not look at its content.
 */
function timeOf(content: Uint8Array): number {
  return EARLIEST + (createHash('sha256').update(content).digest().readUInt32BE() % EARLIEST);
}
