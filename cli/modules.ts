import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { MODULE_NAMES, MODULES_FOLDER } from '../modules/terraform/generate/names.js';
import { runCommand, UsageError } from './shared/command.js';

const root = join(import.meta.dirname, '..');

const command = new Command('modules')
  .description(`Write the Terraform modules for use from HCL: ${MODULE_NAMES.join(', ')}.`)
  .argument('[modules...]', 'names of modules (default: all)')
  .option('--out <folder>', 'folder to write to', MODULES_FOLDER)
  .addHelpText('after', '\nExample:\n  npm run modules -- granule-queue --out /tmp/modules')
  .action(write);

async function write(names: readonly string[], { out }: { readonly out: string }): Promise<void> {
  const known: readonly string[] = MODULE_NAMES;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`unknown module ${JSON.stringify(unknown)} (known: ${known.join(', ')})`);
  }
  const folder = out === MODULES_FOLDER ? join(root, out) : resolve(out);
  // Otherwise the other process would fail with a stack trace.
  mkdirSync(folder, { recursive: true });
  process.exitCode = await synthesize(folder, names.length > 0 ? names : known);
}

/** Runs in a process of its own, so that no command loads cdktf. */
async function synthesize(folder: string, names: readonly string[]): Promise<number> {
  const program = join(root, 'modules', 'terraform', 'write-modules.ts');
  const words = ['--import', 'tsx', '--no-warnings', program, folder, ...names];
  const child = spawn(process.execPath, words, { cwd: root, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

await runCommand(command);
