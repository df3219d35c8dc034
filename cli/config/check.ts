import { join } from 'node:path';
import { BundleError } from '../../modules/bundling/bundle.js';
import { checkCode, type CheckedPipeline } from '../../modules/bundling/check-code.js';
import { checkOwnConfig, listPipelines, readPipelineConfig } from '../../modules/config/config.js';
import { readEnvironment, type Environment } from '../../modules/config/environment/environment.js';
import { listEnvironments } from '../../modules/config/environment/folder.js';
import { parseProject } from '../../modules/config/names.js';
import { ConfigError, ConfigProblems } from '../../modules/config/values/error.js';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Checks pipelines: their config.yaml alone, and with every environment; and the code of each. Throws ConfigError with
 * all problems. @param ids pipelines @default all
 */
export async function checkConfigs(given: readonly string[], env: Env): Promise<void> {
  const all = listPipelines();
  const ids = given.length > 0 ? given : all;
  const problems = new ConfigProblems();
  const environments = environmentsToCheck(env, problems);
  for (const environment of environments) problems.add(environment?.problems ?? []);
  for (const id of ids) {
    problems.collect(() => {
      checkOwnConfig(join('pipelines', id));
    });
  }
  const views = environments.map((environment) => viewOf(all, { ids, environment, problems }));
  for (const { pipelines, others } of distinct(views.map((view) => withInventories(view, views))))
    problems.add(await problemsOfCode(pipelines, others));
  if (problems.found) throw problems.error();
}

/** Undefined stands for a project without environments. With some, PROJECT need not be set: each of them is checked. */
function environmentsToCheck(
  { PROJECT: name }: Env,
  problems: ConfigProblems,
): readonly (Environment | undefined)[] {
  const { projects, problems: wrongNames } = listEnvironments('.');
  problems.add(wrongNames);
  const isNeeded = projects.length === 0 || (name !== undefined && name !== '');
  const project = isNeeded ? problems.collect(() => parseProject(name)) : undefined;
  const wanted = new Set([...projects, ...(project === undefined ? [] : [project])]);
  const read = [...wanted].map((one) => readEnvironment({ root: '.', project: one }));
  return read.length === 0 ? [undefined] : read;
}

/** The pipelines as one environment has them. */
interface View {
  readonly pipelines: readonly CheckedPipeline[];
  /** Those that are not to be checked themselves. */
  readonly others: readonly CheckedPipeline[];
}

interface Viewed {
  readonly ids: readonly string[];
  readonly environment: Environment | undefined;
  readonly problems: ConfigProblems;
}

function viewOf(all: readonly string[], { ids, environment, problems }: Viewed): View {
  const pipelineOf = (id: string, found: ConfigProblems): CheckedPipeline => {
    const config = found.collect(() => readPipelineConfig(join('pipelines', id), environment));
    if (config === undefined) return { id, hasInventory: undefined };
    const { inventory_location, ingestor_url: ingestorUrl } = config;
    return { id, hasInventory: inventory_location !== undefined, ingestorUrl };
  };
  // The faults of a pipeline that is not to be checked do not matter.
  const ignored = new ConfigProblems();
  return {
    pipelines: ids.map((id) => pipelineOf(id, problems)),
    others: all
      .filter((id) => !ids.includes(id))
      .map((id) => pipelineOf(id, ignored))
      .filter(({ ingestorUrl }) => ingestorUrl !== undefined),
  };
}

/** historic.ts may be for an inventory that only one environment has. */
function withInventories(view: View, views: readonly View[]): View {
  const pipelines = view.pipelines.map((pipeline) => {
    const found = views.flatMap((one) => one.pipelines.filter(({ id }) => id === pipeline.id));
    const hasInventory = found.some((one) => one.hasInventory === true)
      ? true
      : found.every((one) => one.hasInventory === false)
        ? false
        : undefined;
    return { ...pipeline, hasInventory };
  });
  return { ...view, pipelines };
}

/** Environments as a rule differ in nothing that the check of the code knows. */
function distinct(views: readonly View[]): readonly View[] {
  return [...new Map(views.map((view) => [JSON.stringify(view), view])).values()];
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
