import { join } from 'node:path';
import { Command } from 'commander';
import { ConfigProblems } from '../modules/config/values/error.js';
import { parseProject } from '../modules/config/names.js';
import { listPipelines, readPipelineConfig } from '../modules/config/config.js';
import { pipelineArgument, runCommand } from './shared/command.js';

const command = new Command('check-config')
  .description(
    'Check PROJECT and the config.yaml of pipelines, and print every problem as path:line:column.',
  )
  .argument('[pipelines...]', 'names of folders in pipelines/ (default: all)')
  .addHelpText('after', '\nExample:\n  PROJECT=demo npm run check-config')
  .action((names: readonly string[]) => {
    const folders = names.map((name) => pipelineArgument(name).folder);
    checkConfigs(
      folders.length > 0 ? folders : listPipelines().map((name) => join('pipelines', name)),
    );
  });

function checkConfigs(folders: readonly string[]): void {
  const problems = new ConfigProblems();
  problems.collect(() => parseProject(process.env['PROJECT']));
  for (const folder of folders) problems.collect(() => readPipelineConfig(folder));
  if (problems.found) throw problems.error();
}

await runCommand(command);
