import { divideByDeploy } from '../../modules/config/by-name.js';
import { readStatePlace } from '../../modules/config/project.js';
import { counted, printable } from '../shared/table.js';
import { statesOf } from '../stacks/states.js';
import { countResources, type StackWithoutFolder } from '../stacks/without-folder.js';
import { inWorktree } from './git.js';
import { destroyCommand, isKnown } from './removed.js';

/** A pipeline that got `deploy: false`, with the resources of its stack. */
export type LeftOut = StackWithoutFolder;

interface Search {
  /** Folder of the project. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Commit that may not have had the key yet; undefined to compare with none. */
  readonly commit: string | undefined;
}

/**
 * Finds the pipelines that got `deploy: false` since a commit, unless nothing of their stack is deployed. Throws
 * CommandError if the commit cannot be read.
 */
export async function findLeftOut({ root, env, commit }: Search): Promise<readonly LeftOut[]> {
  const { byName } = divideByDeploy({ root, env });
  if (commit === undefined || byName.length === 0) return [];
  const before = await inWorktree(
    { commit, root },
    (base) => divideByDeploy({ root: base, env }).included,
  );
  const since = byName.filter((id) => before.includes(id));
  if (since.length === 0) return [];
  try {
    const states = statesOf(readStatePlace({ root, env }), root);
    const found = await Promise.all(since.map((id) => countResources(id, states)));
    return found.filter(({ resources }) => resources !== 0);
  } catch (error) {
    if (!isKnown(error)) throw error;
    const { message } = error;
    return since.map((pipeline) => ({ pipeline, resources: message }));
  }
}

export function deployCommand(pipeline: string): string {
  return `npm run deploy -- ${pipeline}`;
}

/** The Markdown section of a pipeline that got `deploy: false`. */
export function leftOutSection({ pipeline, resources }: LeftOut): string {
  const isKnown = typeof resources === 'number';
  const stays = isKnown
    ? `Its stack (${counted(resources, 'resource')}) stays deployed, and its functions go on`
    : 'If its stack is deployed, it stays so, and its functions go on';
  const unread = isKnown ? '' : ` Its state could not be read: ${printable(resources)}`;
  return (
    `### ${pipeline}: deploy: false, ${isKnown ? 'but still deployed' : 'and maybe still deployed'}\n\n` +
    `> **${stays}, but the workflows no longer plan, apply, watch or compare it: what this change does to it is not ` +
    `planned here. To apply that, run \`${deployCommand(pipeline)}\`; to remove the stack with its data and its cost, ` +
    `\`${destroyCommand(pipeline)}\`.${unread}**`
  );
}

/** The same in one line. */
export function leftOutLine({ pipeline }: LeftOut): string {
  return `- **${pipeline}: deploy: false, but maybe still deployed: no workflow plans or applies it any more**`;
}
