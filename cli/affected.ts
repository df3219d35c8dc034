import { Command } from 'commander';
import { listPipelines } from '../modules/config/folder.js';
import { affectedPipelines } from './plan/affected.js';
import { runCommand } from './shared/command.js';
import { commitOf } from './plan/git.js';
import { printLine } from './shared/terminal.js';
import { UsageError } from './shared/usage-error.js';

const root = process.cwd();

interface AffectedOptions {
  readonly base?: string;
  readonly all?: true;
  readonly json?: true;
}

const command = new Command('affected')
  .description('Print the pipelines whose stack or code differs from that of another commit.')
  .option('--base <ref>', 'commit to compare with, as in origin/main')
  .option('--all', 'every pipeline: for where there is nothing to compare with')
  .option('--json', 'as a JSON list')
  .action(printAffected);

async function printAffected({ base, all, json }: AffectedOptions): Promise<void> {
  const affected = all ? listPipelines() : await compareWith(base);
  if (json) await printLine(JSON.stringify(affected));
  else for (const id of affected) await printLine(id);
}

async function compareWith(base: string | undefined): Promise<readonly string[]> {
  if (base === undefined)
    throw new UsageError('affected by what change? Give --base <ref>, or --all');
  const commit = await commitOf(base, root);
  const { affected, gone, unknown } = await affectedPipelines({ root, commit, say });
  if (unknown !== undefined) say(`the base can't be synthesized, so all are affected: ${unknown}`);
  for (const id of gone) say(`${id} is gone: nothing destroys its stack unless you do`);
  return affected;
}

function say(sentence: string): void {
  process.stderr.write(`affected: ${sentence}\n`);
}

await runCommand(command);
