import { renameSync, rmSync, writeFileSync } from 'node:fs';

import { OutputError } from './output-error.js';

/** Writes a temporary file and renames it: a reader sees the old file or the new one, never a part. */
export function writeWhole(path: string, content: string): void {
  const temporary = `${path}.part`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new OutputError(path, cause);
  }
}
