import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { checkDay, nextDay } from '../../lambdas/backfill/day.js';
import { ConfigurationError } from '../../lambdas/runtime/errors.js';
import { CommandError, type PipelineFolder, UsageError } from '../shared/command.js';
import { call, reasonIn, type Call } from './call.js';
import { PLATFORMS, processorsOf, whyNoLock, whyNoWheel } from './wheels.js';
import { LOCK } from './environment.js';
import { functionInConfig } from './function.js';
import { findPython } from './interpreter.js';
import { assertLockable, REQUIREMENTS } from './requirements.js';
import { scratchFor } from './scratch.js';
import { uvOrInstalled } from './uv.js';

/** The oldest Python that a lock is for. */
const OLDEST = '3.11';

export interface LockRequest {
  /** Only versions that were published until this day count, YYYY-MM-DD. */
  readonly asOf?: string | undefined;
  /** Whether locked versions are not kept. */
  readonly upgrade: boolean;
  /** Prints what takes time, and what was done. */
  readonly print: (sentence: string) => void;
}

/**
 * Writes requirements.txt of a pipeline from its requirements.in: every package with its exact version and its hashes, for
 * Python 3.11 and later. Throws UsageError for a wrong day, and CommandError if there is no such lock.
 */
export async function writeLock(
  { id, folder }: PipelineFolder,
  { asOf, upgrade, print }: LockRequest,
): Promise<void> {
  const [requirements, lock] = [join(folder, REQUIREMENTS), join(folder, LOCK)];
  functionInConfig({ id, folder });
  assertLockable(requirements);
  const until = asOf === undefined ? [] : ['--exclude-newer', endOf(asOf)];
  const uv = await uvOrInstalled(print);
  const python = await findPython(`the lock of ${id}`);
  const scratch = scratchFor(join('.python', `${id}-lock`));
  const made = join(scratch, LOCK);
  try {
    mkdirSync(scratch, { recursive: true });
    // uv keeps the versions that it finds in the file to write.
    if (!upgrade && existsSync(lock)) copyFileSync(lock, made);
    print(`${id}: locking the packages of ${requirements}`);
    const compile: Call = [uv, 'pip', 'compile', '--quiet', '--no-header', '--python', python];
    const wheels = ['--python-version', OLDEST, '--only-binary', ':all:', ...until];
    const target = ['--universal', '--generate-hashes', '--output-file', made];
    await mustLock(
      [...compile, ...wheels, ...target, requirements],
      (reason) => `${requirements} cannot be locked: ${whyNoLock(reason)}`,
    );
    for (const name of processorsOf(folder)) {
      const here = ['--no-deps', '--python-platform', PLATFORMS[name]];
      await mustLock([...compile, ...wheels, ...here, made], (reason) =>
        whyNoWheel(reason, { name, requirements }),
      );
    }
    const written = `${headerOf(id, asOf)}${readFileSync(made, 'utf8')}`;
    writeFileSync(made, written);
    renameSync(made, lock);
    print(`${id}: wrote ${lock} with ${countOf(written)}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The moment after which versions do not count. A day ends at midnight UTC, on every machine. */
function endOf(day: string): string {
  try {
    return `${nextDay(checkDay(day))}T00:00:00Z`;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new UsageError(`--as-of must be a day such as 2023-06-01 (given ${JSON.stringify(day)})`);
  }
}

async function mustLock(words: Call, reasonOf: (reason: string) => string): Promise<void> {
  const outcome = await call(words);
  if (outcome.code !== 0) throw new CommandError(reasonOf(reasonIn(outcome)));
}

function headerOf(id: string, asOf: string | undefined): string {
  const day = asOf === undefined ? '' : ` --as-of ${asOf}`;
  return `# Written by "npm run lock -- ${id}${day}" from ${basename(REQUIREMENTS)}: change that file, and run it again.\n`;
}

function countOf(lock: string): string {
  const count = lock.split('\n').filter((line) => /^[A-Za-z0-9]/.test(line)).length;
  return `${count} package${count === 1 ? '' : 's'}`;
}
