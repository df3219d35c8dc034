import { join } from 'node:path';
import { Command } from 'commander';
import { ConfigProblems } from '../modules/config/values/error.js';
import { parseProject } from '../modules/config/names.js';
import { listPipelines, readPipelineConfig } from '../modules/config/config.js';
import { pipelineArgument, runCommand } from './shared/command.js';

/** Run before cdktf, which would show the first error only, with a stack trace. */
const command = new Command('check-config')
  .description(
    'Check PROJECT and config.yaml of all pipelines, or of the given ones; print every problem.',
  )
  .argument('[pipelines...]', 'folders in pipelines/')
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
