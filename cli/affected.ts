import { Command } from 'commander';
import { divideByDeploy, leftOutSentence } from '../modules/config/by-name.js';
import { listPipelines, NO_PIPELINES } from '../modules/config/folder.js';
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
  .description(
    `Print the pipelines whose stack or code differs from another commit, one per line.

Pipelines whose config.yaml has deploy: false are left out, and named on stderr.`,
  )
  .option('--base <ref>', 'commit to compare with, such as origin/main')
  .option('--all', 'print every pipeline, without comparing')
  .option('--json', 'print a JSON array')
  .addHelpText('after', '\nExample:\n  npm run --silent affected -- --base origin/main')
  .action(printAffected);

async function printAffected({ base, all, json }: AffectedOptions): Promise<void> {
  const affected = all ? allIncluded() : await compareWith(base);
  if (listPipelines().length === 0) say(NO_PIPELINES);
  if (json) await printLine(JSON.stringify(affected));
  else for (const id of affected) await printLine(id);
}

function allIncluded(): readonly string[] {
  const { included, byName } = divideByDeploy({ root, env: process.env });
  sayLeftOut(byName);
  return included;
}

async function compareWith(base: string | undefined): Promise<readonly string[]> {
  if (base === undefined) throw new UsageError('pass --base <ref> or --all');
  const commit = await commitOf(base, root);
  const { affected, byName, gone, unknown } = await affectedPipelines({ root, commit, say });
  if (unknown !== undefined)
    say(`cannot synthesize the base, so every pipeline counts as affected: ${unknown}`);
  sayLeftOut(byName);
  for (const id of gone)
    say(
      `pipelines/${id} no longer exists, and no apply removes a stack: if its stack is deployed, it stays so until you run "${destroyCommand(id)}"`,
    );
  return affected;
}

function sayLeftOut(byName: readonly string[]): void {
  const sentence = leftOutSentence(byName);
  if (sentence !== undefined) say(sentence);
}

function say(sentence: string): void {
  process.stderr.write(`affected: ${sentence}\n`);
}

await runCommand(command);
