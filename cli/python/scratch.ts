import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../lambdas/runtime/error-codes.js';

/** How many of these folders this process has made. */
let count = 0;

/**
 * Returns the path of a folder for this process beside `target`, to be renamed to it once it is whole. Removes such
 * folders of processes that have ended without doing so.
 */
export function scratchFor(target: string): string {
  const parent = dirname(target);
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const [, start, pid] = /^(.+)\.(\d+)-\d+$/.exec(name) ?? [];
    if (start === basename(target) && !isRunning(Number(pid))) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
  count += 1;
  const scratch = `${target}.${process.pid}-${count}`;
  rmSync(scratch, { recursive: true, force: true });
  return scratch;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
