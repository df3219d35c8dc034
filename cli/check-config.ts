import { join } from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '../modules/config-error.js';
import { parseProject } from '../modules/names.js';
import { listPipelines, readPipelineConfig } from '../modules/pipeline-config.js';
import { pipelineArgument, runCommand } from './command.js';

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
  const checks = [
    () => parseProject(process.env['PROJECT']),
    ...folders.map((folder) => () => readPipelineConfig(folder)),
  ];
  const problems = checks.flatMap(problemsOf);
  if (problems.length > 0) throw new ConfigError(problems);
}

function problemsOf(check: () => unknown): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

await runCommand(command);
