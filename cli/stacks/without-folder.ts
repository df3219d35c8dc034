import { existsSync } from 'node:fs';
import { basename, join, normalize } from 'node:path';
import { knownPipelines, listPipelines } from '../../modules/config/folder.js';
import type { Project } from '../../modules/config/project.js';
import { localStateFile, stateKeys } from '../../modules/config/state.js';
import { PIPELINE_ID } from '../../modules/config/values/pipeline-id.js';
import { CommandError, UsageError } from '../shared/command.js';
import type { StackState } from '../shared/state-move.js';
import { resourcesIn, statesOf, type State, type States } from './states.js';

interface Checkout {
  /** Folder of the project. */
  readonly root: string;
  readonly project: Pick<Project, 'name' | 'state'>;
}

/** A stack whose state is there, but that a synth does not write. */
export interface OnlyState extends StackState {
  readonly content: State;
}

/** Returns the id that an argument means: `tides` or `pipelines/tides/`; other text is returned as it is. */
export function idOf(name: string): string {
  const id = basename(name);
  return normalize(name).replace(/\/$/, '') === join('pipelines', id) ? id : name;
}

/** Reads the states of stacks that a synth does not write. Throws CommandError, or UsageError that says what exists instead. */
export function findStates(
  ids: readonly string[],
  { root, project }: Checkout,
): Promise<readonly OnlyState[]> {
  const { name, state } = project;
  const states = statesOf(project, root);
  return Promise.all(
    ids.map(async (stack) => {
      const content = PIPELINE_ID.test(stack) ? await states.read(stack) : undefined;
      const key = stateKeys.pipeline(name, stack);
      if (content !== undefined) return { stack, key, state, content };
      throw new UsageError(
        `unknown pipeline ${JSON.stringify(stack)} ${knownPipelines(join(root, 'pipelines'))}, ` +
          `and no state of it in ${states.place} (${await othersIn(states, root)})` +
          localHint(stack, { root, project }),
      );
    }),
  );
}

/** A pipeline without a folder in the checkout, whose stack no apply removes. */
export interface StackWithoutFolder {
  readonly pipeline: string;
  /** Number of resources in its state, or why it is unknown. */
  readonly resources: number | string;
}

/** Returns the stacks whose state has resources or cannot be read, but whose pipeline has no folder. Throws CommandError. */
export async function stacksWithoutFolder(
  states: States,
  root: string,
): Promise<readonly StackWithoutFolder[]> {
  const folders = listPipelines(join(root, 'pipelines'));
  const ids = (await states.list()).filter((id) => !folders.includes(id));
  const found = await Promise.all(ids.map((id) => countResources(id, states)));
  return found.filter(({ resources }) => resources !== 0);
}

/** Reads how many resources a stack has; none without a state. */
export async function countResources(
  pipeline: string,
  states: States,
): Promise<StackWithoutFolder> {
  try {
    const state = await states.read(pipeline);
    return { pipeline, resources: state === undefined ? 0 : resourcesIn(state) };
  } catch (error) {
    if (error instanceof CommandError) return { pipeline, resources: error.message };
    throw error;
  }
}

async function othersIn(states: States, root: string): Promise<string> {
  try {
    const others = await stacksWithoutFolder(states, root);
    if (others.length === 0) return 'every stack there has a folder';
    return `deployed without a folder: ${others.map(({ pipeline }) => pipeline).join(', ')}`;
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
}

function localHint(stack: string, { root, project: { name, state } }: Checkout): string {
  const file = localStateFile(stateKeys.pipeline(name, stack));
  if (state.kind === 'local' || !PIPELINE_ID.test(stack) || !existsSync(join(root, file)))
    return '';
  return `; ${file} is used with LOCAL_STATE=1`;
}
