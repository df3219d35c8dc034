import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError, type PipelineFolder } from '../shared/command.js';
import { mustCall, type Call } from './call.js';
import { findPython, imagePython } from './interpreter.js';
import { relocate } from './relocate.js';
import { scratchFor } from './scratch.js';
import { tryFindUv } from './uv.js';

/** The lock: the packages of a pipeline with their versions and hashes. */
export const LOCK = 'requirements.txt';

const FOLDER = '.python';
/** Written last, so that an environment that was interrupted is not taken for a whole one. */
const MARKER = 'complete';
const HASH_CHARACTERS = 16;

interface Steps {
  /** Prints what takes time. @default to stderr */
  readonly print: (sentence: string) => void;
}

const TO_STDERR: Steps = {
  print: (sentence) => {
    process.stderr.write(`${sentence}\n`);
  },
};

/**
 * Returns the path of the Python interpreter that has the packages of a pipeline's lock. Installs them into
 * `.python/<id>-<hash of the lock and of the image's version of Python>` if they are not there yet, with uv if it is found,
 * otherwise with pip. If they are there, no process is started. Throws CommandError.
 */
export async function pythonInterpreter(
  { id, folder }: PipelineFolder,
  { print }: Steps = TO_STDERR,
): Promise<string> {
  const lock = join(folder, LOCK);
  if (!existsSync(lock)) {
    throw new CommandError(`${lock} is missing: npm run lock -- ${id} writes it`);
  }
  const hash = createHash('sha256')
    .update(readFileSync(lock))
    .update(imagePython() ?? '')
    .digest('hex');
  const target = join(FOLDER, `${id}-${hash.slice(0, HASH_CHARACTERS)}`);
  if (!isWhole(target)) await install({ id, lock, target, print });
  return resolve(interpreterIn(target));
}

function interpreterIn(folder: string): string {
  return join(folder, 'bin', 'python');
}

/** The interpreter is a link, which is broken if the Python of this machine was replaced. */
function isWhole(target: string): boolean {
  return existsSync(join(target, MARKER)) && existsSync(interpreterIn(target));
}

interface Installation extends Steps {
  readonly id: string;
  readonly lock: string;
  readonly target: string;
}

/** Installs into a folder of this process. Another process may do the same; the first to rename its folder wins. */
async function install({ id, lock, target, print }: Installation): Promise<void> {
  const python = await findPython(id);
  const uv = tryFindUv();
  const advice = uv === undefined ? ' with pip, which takes a while; with uv it is faster' : '';
  print(`${id}: installing the packages of ${lock} into ${target}, once${advice}`);
  const scratch = scratchFor(target);
  const calls =
    uv === undefined ? withPip(python, scratch, lock) : withUv({ uv, python }, scratch, lock);
  try {
    for (const words of calls) {
      await mustCall(words, `the packages of ${lock} cannot be installed`);
    }
    relocate(scratch, target);
    writeFileSync(join(scratch, MARKER), '');
    replace(scratch, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const ONLY_LOCKED = ['--require-hashes', '--only-binary', ':all:'];

function withUv(
  { uv, python }: Readonly<Record<'uv' | 'python', string>>,
  folder: string,
  lock: string,
): readonly Call[] {
  const into = ['--python', interpreterIn(folder)];
  return [
    [uv, 'venv', '--quiet', '--python', python, folder],
    [uv, 'pip', 'sync', '--quiet', ...into, ...ONLY_LOCKED, '--compile-bytecode', lock],
  ];
}

/** pip compiles bytecode by default. */
function withPip(python: string, folder: string, lock: string): readonly Call[] {
  const pip = [interpreterIn(folder), '-m', 'pip'] as const;
  return [
    [python, '-m', 'venv', folder],
    [...pip, 'install', '--quiet', '--no-deps', ...ONLY_LOCKED, '-r', lock],
  ];
}

function replace(scratch: string, target: string): void {
  if (isWhole(target)) return;
  rmSync(target, { recursive: true, force: true });
  try {
    renameSync(scratch, target);
  } catch (error) {
    if (!isWhole(target)) throw error;
  }
}
