import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { CommandError } from '../shared/command.js';
import { mustCall } from './call.js';
import { findPython } from './interpreter.js';
import { scratchFor } from './scratch.js';

/** Where `npm run lock` installs uv if it is not on the PATH. */
const OWN_UV = '.python/uv';

/** Returns the path of uv: on the PATH, or as installed by `npm run lock`; undefined if there is none. */
export function tryFindUv(path = process.env['PATH'] ?? ''): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const files = [...folders.map((folder) => join(folder, 'uv')), resolve(OWN_UV, 'bin', 'uv')];
  return files.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns the path of uv, and installs it from PyPI first if it is not there. Throws CommandError. */
export async function uvOrInstalled(print: (sentence: string) => void): Promise<string> {
  const found = tryFindUv();
  if (found !== undefined) return found;
  const python = await findPython('uv, which makes the lock,');
  print(`installing uv from PyPI into ${OWN_UV}, once`);
  const scratch = scratchFor(OWN_UV);
  const failed = 'uv is not on the PATH, and cannot be installed from PyPI';
  try {
    mkdirSync(scratch, { recursive: true });
    await mustCall([python, '-m', 'venv', scratch], failed);
    const pip = [join(scratch, 'bin', 'python'), '-m', 'pip'] as const;
    await mustCall([...pip, 'install', '--quiet', '--only-binary', ':all:', 'uv'], failed);
    // uv is a program that does not depend on the folder.
    if (!existsSync(OWN_UV)) renameSync(scratch, OWN_UV);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const uv = tryFindUv();
  if (uv === undefined) throw new CommandError(`${failed}: remove ${OWN_UV} and try again`);
  return uv;
}
