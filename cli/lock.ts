import { Command } from 'commander';
import { runGate } from './python/gate.js';
import { writeLock } from './python/lock.js';
import { requiredPipeline, runCommand } from './shared/command.js';

interface LockOptions {
  readonly asOf?: string;
  readonly upgrade?: true;
}

const command = new Command('lock')
  .description(
    `Write requirements.txt of a pipeline in Python: the packages of requirements.in
and all that they need, with exact versions and hashes, for Python 3.11 and
later, on x86_64 and arm64. Then try it: install it, import the function, and
create one Item from the sample. Exact versions that requirements.txt already
has are kept where they still fit.

The exit code is 1 if there is no such lock, or if the function does not work.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--as-of <day>', 'only take versions that were published until this day, YYYY-MM-DD')
  .option('--upgrade', 'take the newest versions, also of packages that are locked already')
  .addHelpText('after', '\nExample:\n  npm run lock -- noaa_oisst --as-of 2024-06-01')
  .action(lock);

async function lock(name: string | undefined, options: LockOptions): Promise<void> {
  const pipeline = requiredPipeline(name);
  const print = (sentence: string): void => {
    process.stderr.write(`${sentence}\n`);
  };
  await writeLock(pipeline, { asOf: options.asOf, upgrade: options.upgrade === true, print });
  await runGate(pipeline, print);
}

await runCommand(command);
