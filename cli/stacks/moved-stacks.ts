import { join } from 'node:path';
import { environmentOf, readConfigOf, type PipelineConfig } from '../../modules/config/config.js';
import { DEFAULT_ORIGIN, originsOf } from '../../modules/config/environment/origins.js';
import type { Project } from '../../modules/config/project.js';
import { CommandError } from '../shared/command.js';
import { tellSynth, type Deployed } from './deployed-topics.js';
import { regionIn } from './destroy-config.js';
import { readOnce, statesOf, type State } from './states.js';

/**
 * Compares the configs with the states before cdktf runs: tells the synths of this process the regions of topics, and warns
 * of stacks whose region has changed. Throws CommandError if a topic moved, or a stack that is to be destroyed would not be
 * found.
 */
export async function compareDeployed(
  project: Project,
  { verb, root, ids = [], states = statesOf(project, root) }: Deployed & { readonly verb: string },
): Promise<void> {
  const deployed = { root, ids, states: readOnce(states) };
  await tellSynth(project, deployed);
  const moved = await movedStacks(project, deployed);
  if (verb === 'destroy' && moved.length > 0) throw new CommandError(moved.join('\n'));
  for (const sentence of moved) process.stderr.write(`${verb}: warning: ${sentence}\n`);
}

/** Returns a sentence for each stack that was deployed in another region than its config has. Throws CommandError. */
export async function movedStacks(
  project: Project,
  { root, ids = [], states = statesOf(project, root) }: Deployed,
): Promise<readonly string[]> {
  const configs = project.pipelines.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const sentences = configs.map(async (config) => {
    const state = await states.read(config.id);
    const deployed = state && regionOf(state);
    if (deployed === undefined || deployed === config.region) return [];
    return [movedText(config, { deployed, place: placeOf(config, project, root) })];
  });
  return (await Promise.all(sentences)).flat();
}

/** The region of the resources of the provider without an alias. */
function regionOf({ resources }: State): string | undefined {
  return resources
    .filter(({ mode, provider }) => mode === 'managed' && provider.endsWith('/aws"]'))
    .flatMap(({ instances }) => instances.map(({ attributes }) => regionIn(attributes ?? {})))
    .find((region) => region !== undefined);
}

/** Where the region stands: with its key, or in secret_arn. */
function placeOf({ id }: PipelineConfig, { name }: Project, root: string): string {
  const folder = join(root, 'pipelines', id);
  const origins = originsOf(readConfigOf(folder, environmentOf(folder, name)));
  const [own, secret] = [origins.get('region'), origins.get('secret_arn')];
  return own === undefined || own.origin === DEFAULT_ORIGIN
    ? `that of secret_arn, ${secret?.origin ?? ''}`
    : own.origin;
}

function movedText(
  { id, region }: PipelineConfig,
  { deployed, place }: { readonly deployed: string; readonly place: string },
): string {
  return (
    `${id} is deployed in ${deployed}, but its region is now ${region} (${place}). A stack cannot move: Terraform would ` +
    `not find what is in ${deployed} and forget it, and it would stay there with its data and its cost. Undo the change, ` +
    `run "npm run destroy -- ${id}", and then deploy with the new region`
  );
}
