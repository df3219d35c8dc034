import { Command } from 'commander';
import { runHold, type HoldOptions } from './hold/run.js';
import { runCommand } from './shared/command.js';

const command = new Command('hold')
  .description(
    `Stop the consumption of a pipeline's granule queue, until npm run release.

Batches in progress are completed. Messages wait in the queue, which keeps them for
7 days; no deployment starts consumption again. Who holds it, since when and why is in
npm run status. A pipeline that is held already keeps its time, and takes a new reason.`,
  )
  .usage('[options] <pipeline>|--all')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--all', 'every pipeline in pipelines/ that is deployed')
  .option('--reason <text>', 'why, for status and for reviewers of plans')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    '\nExample:\n  npm run hold -- sentinel1 --reason "the catalogue is being restored"',
  )
  .action((name: string | undefined, options: HoldOptions) => runHold('hold', name, options));

await runCommand(command);
