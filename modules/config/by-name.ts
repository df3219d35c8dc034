import { join } from 'node:path';
import { ConfigError } from './values/error.js';
import { givenTexts } from './environment/keys.js';
import { listPipelines } from './folder.js';

export interface Deployment {
  /** The pipelines that `plan --all` and the workflows include. */
  readonly included: readonly string[];
  /** Those with `deploy: false`, which are deployed only by name. */
  readonly byName: readonly string[];
}

interface Source {
  /** The folder of the project, which contains pipelines/. */
  readonly root: string;
  /** Its PROJECT names the environment whose values take precedence. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Divides the pipelines of a project by the key `deploy`. A config.yaml that is wrong or cannot be read includes its
 * pipeline, so that its errors are reported.
 */
export function divideByDeploy({ root, env }: Source): Deployment {
  const ids = listPipelines(join(root, 'pipelines'));
  const byName = ids.filter((id) => isByName(join(root, 'pipelines', id), env['PROJECT']));
  return { included: ids.filter((id) => !byName.includes(id)), byName };
}

/** The key alone is read: the config may lack keys, and have errors in others. */
function isByName(folder: string, wanted: string | undefined): boolean {
  try {
    const given = givenTexts(folder, 'deploy').filter(({ project = wanted }) => project === wanted);
    return given.at(-1)?.text === 'false';
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** Names the pipelines that were left out, for stderr; undefined if there are none. */
export function leftOutSentence(byName: readonly string[]): string | undefined {
  if (byName.length === 0) return undefined;
  return `left out, because config.yaml has deploy: false: ${byName.join(', ')}`;
}
