import { Command } from 'commander';
import { listPipelines, NO_PIPELINES } from '../modules/config/folder.js';
import { checkConfigs } from './config/check.js';
import { pipelineArgument, runCommand } from './shared/command.js';

const command = new Command('check-config')
  .description(
    `Check PROJECT, the config.yaml of pipelines, alone and with each file in environments/,
and what their code exports, and print every problem as path:line:column.`,
  )
  .argument('[pipelines...]', 'names of folders in pipelines/ (default: all)')
  .addHelpText('after', '\nExample:\n  PROJECT=demo npm run check-config')
  .action(async (names: readonly string[]) => {
    await checkConfigs(
      names.map((name) => pipelineArgument(name).id),
      process.env,
    );
    if (listPipelines().length === 0) process.stderr.write(`check-config: ${NO_PIPELINES}\n`);
  });

await runCommand(command);
