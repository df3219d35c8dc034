import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseProject } from '../names.js';
import { ConfigError } from '../values/error.js';
import { shownPath } from '../folder.js';

/** The folder of a project with a file for each environment. */
const FOLDER = 'environments';

/** What is in the folder of the environments. */
export interface Environments {
  /** Values of PROJECT that have a file, sorted. */
  readonly projects: readonly string[];
  /** Files that no PROJECT can have, as lines. */
  readonly problems: readonly string[];
}

/** The path of the file of an environment, as users read it. @param root folder of the project */
export function environmentFile(root: string, project: string): string {
  return shownPath(join(root, FOLDER, `${project}.yaml`));
}

/** Lists the environments of a project. Files that are not YAML, and hidden ones, do not count. */
export function listEnvironments(root: string): Environments {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return { projects: [], problems: [] };
  if (!statSync(folder).isDirectory())
    return { projects: [], problems: [`${shownPath(folder)} must be a folder`] };
  const names = readdirSync(folder)
    .filter((name) => /^[^.].*\.ya?ml$/i.test(name))
    .sort();
  const faults = names.map((name) => [name, faultOf(name)] as const);
  return {
    projects: faults.flatMap(([name, fault]) => (fault === undefined ? [projectIn(name)] : [])),
    problems: faults.flatMap(([name, fault]) =>
      fault === undefined ? [] : [`${shownPath(join(folder, name))} ${fault}`],
    ),
  };
}

function projectIn(name: string): string {
  return name.replace(/\.ya?ml$/i, '');
}

function faultOf(name: string): string | undefined {
  const project = projectIn(name);
  try {
    parseProject(project);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const why = error.message.replace(/ \(given .*$/s, '');
    return `is the file of no environment: its name is that of PROJECT, and ${why}. Rename it`;
  }
  const wanted = `${project}.yaml`;
  return name === wanted ? undefined : `must be called ${wanted}`;
}
