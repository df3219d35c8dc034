import { z } from 'zod';
import { environmentFile, listEnvironments } from '../../modules/config/environment/folder.js';
import { parseProject } from '../../modules/config/names.js';
import { filesIn } from './git.js';
import { UsageError } from '../shared/command.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Stands for a PROJECT that is not known: its name is in every stack, but it has no environment. */
const ANY_PROJECT = 'affected';

/**
 * The values of PROJECT to compare: PROJECT, or else all that have a file in environments/. Without such files one name
 * stands for all, because nothing depends on it. Throws ConfigError if PROJECT is invalid.
 */
export function projectsToCompare(root: string, { PROJECT: project = '' }: Env): readonly string[] {
  if (project !== '') return [parseProject(project)];
  const { projects } = listEnvironments(root);
  return projects.length === 0 ? [ANY_PROJECT] : projects;
}

/**
 * The values of PROJECT that workflows deploy: the JSON list in PROJECTS, such as ["dev", "prod"], or else PROJECT. Throws
 * UsageError and ConfigError.
 */
export function projectsToDeploy({
  PROJECTS: list = '',
  PROJECT: project,
}: Env): readonly string[] {
  if (list === '') return [parseProject(project)];
  const projects = Projects.safeParse(list);
  if (projects.success) return [...new Set(projects.data.map(parseProject))];
  throw new UsageError(
    `PROJECTS must be a JSON list of values of PROJECT, such as ["dev", "prod"] (given ${JSON.stringify(list.slice(0, 80))})`,
  );
}

const Projects = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('is not JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string()).min(1));

/** The values of PROJECT whose file was removed since a commit. */
export async function projectsRemovedSince(
  commit: string,
  root: string,
): Promise<readonly string[]> {
  const now = listEnvironments(root).projects;
  const before = await filesIn('environments', { commit, root });
  return before
    .filter((path) => /^[^/]+\.yaml$/.test(path))
    .map((path) => path.replace(/\.yaml$/, ''))
    .filter((project) => !now.includes(project));
}

/** What it means that the file of an environment was removed. */
export function removedProjectText(project: string, root: string): string {
  return (
    `${environmentFile(root, project)} no longer exists: stacks of PROJECT=${project} that are deployed stay so, and from ` +
    `now on their values are those of config.yaml alone. To remove one, run "PROJECT=${project} npm run destroy -- <pipeline>"`
  );
}

/**
 * The PROJECT that a comment or an issue has to name, because the repository has several: it has files in environments/,
 * or its workflows deploy ENVIRONMENTS. Undefined if there is one alone.
 */
export function projectToName(
  root: string,
  { PROJECT: project = '', ENVIRONMENTS: list = '' }: Env,
): string | undefined {
  const isOneOfSeveral = list !== '' || listEnvironments(root).projects.length > 0;
  return isOneOfSeveral && project !== '' ? project : undefined;
}
