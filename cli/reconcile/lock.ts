import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../lambdas/runtime/error-codes.js';
import { CommandError } from '../shared/command.js';

/**
 * Claims a folder for this process, because two would write into each other's files. Returns a function that releases
 * it. A process that was killed loses its claim. Throws CommandError.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const owner = ownerOf(path);
  if (owner !== undefined) {
    throw new CommandError(
      `process ${owner} is comparing in ${folder}: wait for its end, or choose another folder with --out`,
    );
  }
  writeFileSync(path, String(process.pid));
  return () => {
    rmSync(path, { force: true });
  };
}

/** The running process that has claimed the folder. */
function ownerOf(path: string): number | undefined {
  const pid = Number(textOf(path));
  return pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 only checks that the process exists.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
