import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A program `terraform` that prints a recorded plan, or fails in one of its commands. */
export interface StandInTerraform {
  /** Folder to put at the start of PATH. */
  readonly folder: string;
  /** Returns the commands it was called with, each with the stack's folder. */
  calls(): string[];
}

/** Creates the program. `failing` is the command that fails, with `words` on stderr. */
export function standInTerraform(
  plan: string,
  failing?: { readonly command: string; readonly words: string },
): StandInTerraform {
  const folder = mkdtempSync(join(tmpdir(), 'terraform-stand-in-'));
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const [chdir, command, ...rest] = process.argv.slice(2);
const stack = chdir.replace(/^.*stacks./, '');
appendFileSync(${JSON.stringify(log)}, stack + ': ' + [command, ...rest].join(' ') + '\\n');
const failing = ${JSON.stringify(failing ?? null)};
if (failing && failing.command === command) {
  process.stderr.write(failing.words);
  process.exit(1);
}
if (command === 'show' && rest.includes('-json')) process.stdout.write(readFileSync(${JSON.stringify(resolve(plan))}));
else process.stdout.write('what ' + command + ' prints\\n');
`;
  const file = join(folder, 'terraform');
  writeFileSync(file, program);
  chmodSync(file, 0o755);
  return {
    folder,
    calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
  };
}
