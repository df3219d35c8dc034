import { Command } from 'commander';
import { runHold, type HoldOptions } from './hold/run.js';
import { runCommand } from './shared/command.js';

const command = new Command('release')
  .description(
    `Start the consumption of a pipeline's granule queue again, after npm run hold or after
its event source mapping was disabled by hand.`,
  )
  .usage('[options] <pipeline>|--all')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--all', 'every pipeline in pipelines/ that is deployed')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  npm run release -- sentinel1')
  .action((name: string | undefined, options: HoldOptions) => runHold('release', name, options));

await runCommand(command);
