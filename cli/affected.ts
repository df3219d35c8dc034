import { Command } from 'commander';
import { divideByDeploy, leftOutSentence } from '../modules/config/by-name.js';
import { listPipelines, NO_PIPELINES } from '../modules/config/folder.js';
import { affectedPipelines, type Affected } from './plan/affected.js';
import { runCommand, UsageError } from './shared/command.js';
import { commitOf } from './plan/git.js';
import { deployCommand } from './plan/left-out.js';
import { destroyCommand } from './plan/removed.js';
import {
  projectsRemovedSince,
  projectsToCompare,
  projectsToDeploy,
  removedProjectText,
} from './plan/projects.js';
import { printLine } from './shared/terminal.js';

const root = process.cwd();

interface AffectedOptions {
  readonly base?: string;
  readonly all?: true;
  readonly json?: true;
  readonly matrix?: true;
}

const command = new Command('affected')
  .description(
    `Print the pipelines whose stack or code differs from another commit, one per line.

With PROJECT they are compared with its environment, without it with each file in environments/.
Pipelines whose config.yaml has deploy: false are left out, and named on stderr.`,
  )
  .option('--base <ref>', 'commit to compare with, such as origin/main')
  .option('--all', 'print every pipeline, without comparing')
  .option('--json', 'print a JSON array')
  .option(
    '--matrix',
    'for each PROJECT in the JSON list PROJECTS (default: PROJECT): print [{ "project": ..., "pipeline": ... }]',
  )
  .addHelpText('after', '\nExample:\n  npm run --silent affected -- --base origin/main')
  .action(printAffected);

async function printAffected(options: AffectedOptions): Promise<void> {
  if (listPipelines().length === 0) say(NO_PIPELINES);
  if (options.matrix) {
    const byProject = await affectedIn(projectsToDeploy(process.env), options);
    const jobs = [...byProject].flatMap(([project, ids]) =>
      ids.map((pipeline) => ({ project, pipeline })),
    );
    await printLine(JSON.stringify(jobs));
    return;
  }
  const projects = projectsToCompare(root, process.env);
  const found = new Set([...(await affectedIn(projects, options)).values()].flat());
  const affected = listPipelines().filter((id) => found.has(id));
  if (options.json) await printLine(JSON.stringify(affected));
  else for (const id of affected) await printLine(id);
}

async function affectedIn(
  projects: readonly string[],
  { base, all }: AffectedOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (all) return allIncluded(projects);
  if (base === undefined) throw new UsageError('pass --base <ref> or --all');
  const commit = await commitOf(base, root);
  const compared = await affectedPipelines({ root, commit, projects, say });
  const notices = [...compared].flatMap(([project, one]) =>
    noticesOf(one, compared.size > 1 ? ` with PROJECT=${project}` : ''),
  );
  const removed = await projectsRemovedSince(commit, root);
  notices.push(...removed.map((project) => removedProjectText(project, root)));
  for (const notice of new Set(notices)) say(notice);
  const affected = new Map([...compared].map(([project, one]) => [project, one.affected]));
  sayLeftOut(
    [...compared.values()].flatMap(({ byName }) => byName),
    affected,
  );
  return affected;
}

function allIncluded(projects: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const divided = projects.map(
    (project) => [project, divideByDeploy({ root, env: { PROJECT: project } })] as const,
  );
  const all = new Map(divided.map(([project, { included }]) => [project, included]));
  sayLeftOut(
    divided.flatMap(([, { byName }]) => byName),
    all,
  );
  return all;
}

/** @param where names the project if there are several */
function noticesOf({ gone, leftOut, unknown }: Affected, where: string): readonly string[] {
  const base = 'cannot synthesize the base, so every pipeline counts as affected';
  return [
    ...(unknown === undefined ? [] : [`${base}: ${unknown}`]),
    ...gone.map(
      (id) =>
        `pipelines/${id} no longer exists, and no apply removes a stack: if its stack is deployed, it stays so until you run "${destroyCommand(id)}"`,
    ),
    ...leftOut.map(
      (id) =>
        `pipelines/${id} has deploy: false now${where}: if its stack is deployed, it stays so, but no workflow plans or applies it any more; "${deployCommand(id)}" does, and "${destroyCommand(id)}" removes it`,
    ),
  ];
}

/** A pipeline that another project includes is not left out. */
function sayLeftOut(
  byName: readonly string[],
  affected: ReadonlyMap<string, readonly string[]>,
): void {
  const included = [...affected.values()].flat();
  const sentence = leftOutSentence([...new Set(byName)].filter((id) => !included.includes(id)));
  if (sentence !== undefined) say(sentence);
}

function say(sentence: string): void {
  process.stderr.write(`affected: ${sentence}\n`);
}

await runCommand(command);
