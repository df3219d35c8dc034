import { join } from 'node:path';
import { listPipelines, pipelinesAmong } from '../../modules/config/folder.js';
import { readStatePlace } from '../../modules/config/project.js';
import { ConfigError } from '../../modules/config/values/error.js';
import { CommandError } from '../shared/command.js';
import { counted, printable } from '../shared/table.js';
import { statesOf } from '../stacks/states.js';
import {
  countResources,
  stacksWithoutFolder,
  type StackWithoutFolder,
} from '../stacks/without-folder.js';
import { filesIn } from './git.js';

/** The pipelines without a folder, or why they are unknown. */
export interface Removed {
  readonly pipelines: readonly StackWithoutFolder[];
  readonly problem: string | undefined;
}

export const NONE_REMOVED: Removed = { pipelines: [], problem: undefined };

interface Search {
  /** Folder of the project. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Commit whose pipelines may have been removed since; undefined to compare with none. */
  readonly commit: string | undefined;
  /** Whether to look for states of pipelines that no longer have a folder. */
  readonly all: boolean;
}

/** Finds the pipelines that have no folder any more. Throws CommandError if the commit cannot be read. */
export async function findRemoved({ root, env, commit, all }: Search): Promise<Removed> {
  const since = commit === undefined ? [] : await removedSince(commit, root);
  if (since.length === 0 && !all) return NONE_REMOVED;
  try {
    const states = statesOf(readStatePlace({ root, env }), root);
    const found = all ? await stacksWithoutFolder(states, root) : [];
    const others = since.filter((id) => !found.some(({ pipeline }) => pipeline === id));
    const read = await Promise.all(others.map((id) => countResources(id, states)));
    return { pipelines: [...found, ...read].sort(byName), problem: undefined };
  } catch (error) {
    if (!isKnown(error)) throw error;
    const { message } = error;
    return {
      pipelines: since.map((pipeline) => ({ pipeline, resources: message })),
      problem: all ? message : undefined,
    };
  }
}

/** Returns the pipelines of a commit whose folders are gone. One that became a pipeline of another kind keeps its folder. */
export async function removedSince(commit: string, root: string): Promise<readonly string[]> {
  const now = listPipelines(join(root, 'pipelines'));
  const before = pipelinesAmong(await filesIn('pipelines', { commit, root }));
  return before.filter((id) => !now.includes(id));
}

/** Whether an error says what is wrong with the project or its states, which belongs into the plan. */
export function isKnown(error: unknown): error is Error {
  return error instanceof CommandError || error instanceof ConfigError;
}

function byName(one: StackWithoutFolder, other: StackWithoutFolder): number {
  return one.pipeline < other.pipeline ? -1 : 1;
}

/** Whether its stack is deployed, as far as that is known. */
export function isDeployed({ resources }: StackWithoutFolder): boolean {
  return resources !== 0;
}

export function destroyCommand(pipeline: string): string {
  return `npm run destroy -- ${pipeline}`;
}

/** The Markdown section of a pipeline without a folder. */
export function removedSection(removed: StackWithoutFolder): string {
  const { pipeline, resources } = removed;
  if (resources === 0)
    return `### ${pipeline}: removed\n\nIts folder in pipelines/ no longer exists, and nothing of its stack is deployed.`;
  const command = `\`${destroyCommand(pipeline)}\``;
  const text =
    typeof resources === 'number'
      ? `The stack (${counted(resources, 'resource')}) stays deployed, with its data and its cost. To remove it, run ${command}.`
      : `If the stack is deployed, it stays so, with its data and its cost. To remove it, run ${command}. ` +
        `Its state could not be read: ${printable(resources)}`;
  return (
    `### ${pipeline}: no folder, ${typeof resources === 'number' ? 'but still deployed' : 'and maybe still deployed'}\n\n` +
    `> **Its folder in pipelines/ no longer exists, and no apply removes a stack. ${text}**`
  );
}
