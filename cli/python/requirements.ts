import { existsSync, readFileSync } from 'node:fs';
import { CommandError } from '../shared/command.js';

/** The packages that a pipeline needs, one per line, as their authors write them. */
export const REQUIREMENTS = 'requirements.in';

/** Lines that cannot be locked with hashes from the package index, each with the reason. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:-e|--editable)\b|^\.{0,2}\//,
    'names a folder, which has no hash: publish the package, and name it',
  ],
  [
    /\bgit\+|@\s*(?:https?|git|ssh|file):|^https?:/,
    'names a repository or a URL, which may change: name a package of the index',
  ],
  [
    /^(?:-i|-f|--(?:extra-)?index-url|--find-links|--trusted-host|--no-index)\b/,
    'names a package index, which is a setting of your machine: set UV_DEFAULT_INDEX and PIP_INDEX_URL instead',
  ],
];

/** Checks that requirements.in can be locked. Throws CommandError with the first line that cannot. */
export function assertLockable(file: string): void {
  if (!existsSync(file)) {
    throw new CommandError(`${file} is missing: it names the Python packages, one per line`);
  }
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const text = line.replace(/(?:^|\s)#.*$/, '').trim();
    const [reason] = REFUSED.flatMap(([form, why]) => (form.test(text) ? [why] : []));
    if (reason !== undefined)
      throw new CommandError(`${file}:${index + 1} ${reason} (given ${text})`);
  }
  if (lines.every((line) => /^\s*(?:#.*)?$/.test(line))) {
    throw new CommandError(`${file} names no package: write one per line`);
  }
}
