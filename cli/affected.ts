import { Command } from 'commander';
import { listPipelines } from '../modules/config/folder.js';
import { affectedPipelines } from './plan/affected.js';
import { runCommand, UsageError } from './shared/command.js';
import { commitOf } from './plan/git.js';
import { destroyCommand } from './plan/removed.js';
import { printLine } from './shared/terminal.js';

const root = process.cwd();

interface AffectedOptions {
  readonly base?: string;
  readonly all?: true;
  readonly json?: true;
}

const command = new Command('affected')
  .description('Print the pipelines whose stack or code differs from another commit, one per line.')
  .option('--base <ref>', 'commit to compare with, such as origin/main')
  .option('--all', 'print every pipeline, without comparing')
  .option('--json', 'print a JSON array')
  .addHelpText('after', '\nExample:\n  npm run --silent affected -- --base origin/main')
  .action(printAffected);

async function printAffected({ base, all, json }: AffectedOptions): Promise<void> {
  const affected = all ? listPipelines() : await compareWith(base);
  if (json) await printLine(JSON.stringify(affected));
  else for (const id of affected) await printLine(id);
}

async function compareWith(base: string | undefined): Promise<readonly string[]> {
  if (base === undefined) throw new UsageError('pass --base <ref> or --all');
  const commit = await commitOf(base, root);
  const { affected, gone, unknown } = await affectedPipelines({ root, commit, say });
  if (unknown !== undefined)
    say(`cannot synthesize the base, so every pipeline counts as affected: ${unknown}`);
  for (const id of gone)
    say(
      `pipelines/${id} no longer exists, and no apply removes a stack: if its stack is deployed, it stays so until you run "${destroyCommand(id)}"`,
    );
  return affected;
}

function say(sentence: string): void {
  process.stderr.write(`affected: ${sentence}\n`);
}

await runCommand(command);
