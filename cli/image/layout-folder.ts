import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError, UsageError } from '../shared/command.js';

/** Returns the folder of `oci:<folder>`. Throws UsageError, and CommandError for a file, or a folder with other files. */
export function layoutFolder(value: string): string {
  const [, folder = ''] = /^oci:(.+)$/.exec(value) ?? [];
  if (folder === '') {
    throw new UsageError(
      `--out must be oci:<folder>, such as oci:out/image (given ${JSON.stringify(value)})`,
    );
  }
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new CommandError(`${folder} is a file: name a folder`);
  }
  const isOther = existsSync(folder) && readdirSync(folder).length > 0 && !isLayout(folder);
  if (!isOther) return folder;
  throw new CommandError(`${folder} has other files than those of an image: name another folder`);
}

function isLayout(folder: string): boolean {
  return existsSync(join(folder, 'oci-layout'));
}

/** Calls `write` with an empty folder, which takes the place of `folder` if that succeeds. */
export async function replaceFolder<T>(
  folder: string,
  write: (scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    const result = await write(scratch);
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
    return result;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
