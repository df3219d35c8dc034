import { join } from 'node:path';
import { Command } from 'commander';
import { BundleError } from '../modules/bundling/bundle.js';
import { checkCode, checkedPipeline } from '../modules/bundling/check-code.js';
import type { CheckedPipeline } from '../modules/bundling/check-code.js';
import { ConfigError, ConfigProblems } from '../modules/config/values/error.js';
import { parseProject } from '../modules/config/names.js';
import { listPipelines, readPipelineConfig } from '../modules/config/config.js';
import { pipelineArgument, runCommand } from './shared/command.js';

const command = new Command('check-config')
  .description(
    'Check PROJECT, the config.yaml of pipelines and what their code exports, and print every problem as path:line:column.',
  )
  .argument('[pipelines...]', 'names of folders in pipelines/ (default: all)')
  .addHelpText('after', '\nExample:\n  PROJECT=demo npm run check-config')
  .action(async (names: readonly string[]) => {
    const ids = names.map((name) => pipelineArgument(name).id);
    await checkConfigs(ids.length > 0 ? ids : listPipelines());
  });

async function checkConfigs(ids: readonly string[]): Promise<void> {
  const problems = new ConfigProblems();
  problems.collect(() => parseProject(process.env['PROJECT']));
  const pipelines = ids.map((id) => {
    const config = problems.collect(() => readPipelineConfig(join('pipelines', id)));
    return config ? checkedPipeline(config) : { id, hasInventory: undefined };
  });
  const others = listPipelines().filter((id) => !ids.includes(id));
  problems.add(await problemsOfCode(pipelines, others.flatMap(tryPipeline)));
  if (problems.found) throw problems.error();
}

/** The faults of a pipeline that is not to be checked do not matter. */
function tryPipeline(id: string): CheckedPipeline[] {
  const config = new ConfigProblems().collect(() => readPipelineConfig(join('pipelines', id)));
  return config === undefined ? [] : [checkedPipeline(config)];
}

/** The problems of app.ts, collection.ts and historic.ts, including what the bundler cannot read. */
async function problemsOfCode(
  pipelines: readonly CheckedPipeline[],
  others: readonly CheckedPipeline[],
): Promise<readonly string[]> {
  try {
    await checkCode(pipelines, process.cwd(), others);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    if (error instanceof BundleError) return error.message.split('\n');
    throw error;
  }
}

await runCommand(command);
