import { renameSync, rmSync, writeFileSync } from 'node:fs';

import { OutputError } from './output-error.js';

/** Writes beside the target and renames: a reader sees the old file or the new one, never half of one. */
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
