import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { linesOf } from '../local/files/lines.js';
import { divideByDeploy, leftOutSentence } from '../modules/config/by-name.js';
import { knownPipelines, listPipelines, NO_PIPELINES } from '../modules/config/folder.js';
import { readProject } from '../modules/config/project.js';
import { pipelineArgument, runCommand, UsageError } from './shared/command.js';
import { aboutPipelines, type About } from './plan/about.js';
import { type PipelinePlan, planPipeline } from './plan/terraform.js';
import { deployedTopics, topicEnvironment, type DeployedTopics } from './stacks/deployed-topics.js';
import { pipelineStates, type StackState } from './shared/state-move.js';
import { withEmptyQueues } from './plan/empty-queues.js';
import { withHold } from './plan/with-hold.js';
import { planComment } from './plan/comment.js';
import { commitOf } from './plan/git.js';
import { findLeftOut } from './plan/left-out.js';
import { jsonOf } from './plan/plans-json.js';
import { findRemoved, isDeployed, isKnown, type Removed } from './plan/removed.js';
import { projectsRemovedSince, projectToName, removedProjectText } from './plan/projects.js';
import { hasChanges } from './plan/summary.js';
import { printLine } from './shared/terminal.js';
import { trySynthesize } from './plan/synth-stacks.js';

const root = process.cwd();

/** The exit codes of `terraform plan -detailed-exitcode`. Incorrect usage also has the code 1, since 2 means changes. */
const EXIT = { none: 0, failed: 1, changes: 2 } as const;

interface PlanOptions {
  readonly all?: true;
  readonly json?: true;
  readonly jsonFile?: string;
  readonly base?: string;
}

const command = new Command('plan')
  .description(
    `Run terraform plan for pipelines, and print a summary for reviewers as Markdown.

Exit codes: 0 no changes, 1 failed, 2 changes or a stack without a folder.`,
  )
  .argument(
    '[pipelines...]',
    'names of folders in pipelines/; - reads them from stdin, one per line',
  )
  .option(
    '--all',
    'plan every pipeline without deploy: false, and report deployed stacks without a folder in pipelines/',
  )
  .option(
    '--base <ref>',
    'report pipelines whose folder was removed, or that got deploy: false, since this commit',
  )
  .option('--json', 'print the summaries as JSON')
  .option('--json-file <file>', 'also write the summaries as JSON to a file')
  .addHelpText('after', '\nExample:\n  npm run --silent plan -- sentinel1 > plan.md')
  .action(plan);

async function plan(given: readonly string[], options: PlanOptions): Promise<void> {
  const pipelines = await pipelinesOf(given, options);
  const commit = options.base === undefined ? undefined : await commitOf(options.base, root);
  const plans = options.all ? await planEverything(pipelines) : await planAll(pipelines);
  const all = options.all ?? false;
  const removed = await findRemoved({ root, env: process.env, commit, all });
  const leftOut = await findLeftOut({ root, env: process.env, commit });
  const json = jsonOf(plans, { removed, leftOut });
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, json);
  await printLine(
    options.json ? json : planComment(plans, { removed, leftOut, ...(await about(commit)) }),
  );
  process.exitCode = exitCodeOf(plans, removed);
}

/** What the comment says about the project, apart from its pipelines. */
async function about(commit: string | undefined) {
  const project = projectToName(root, process.env);
  const gone = commit === undefined ? [] : await projectsRemovedSince(commit, root);
  const notices = gone
    .filter((one) => one === process.env['PROJECT'])
    .map((one) => removedProjectText(one, root));
  return { project, notices };
}

async function pipelinesOf(
  given: readonly string[],
  { all }: PlanOptions,
): Promise<readonly string[]> {
  if (all) return allIncluded();
  if (given.length === 0)
    throw new UsageError(`missing argument <pipelines> or --all ${knownPipelines()}`);
  const names: string[] = [];
  for (const name of given) names.push(...(name === '-' ? await linesOfStdin() : [name]));
  return [...new Set(names.map((name) => pipelineArgument(name).id))];
}

function allIncluded(): readonly string[] {
  const { included, byName } = divideByDeploy({ root, env: process.env });
  const sentence = leftOutSentence(byName);
  if (sentence !== undefined) process.stderr.write(`plan: ${sentence}\n`);
  return included;
}

async function linesOfStdin(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(process.stdin.setEncoding('utf8')))
    if (line.trim() !== '') lines.push(line.trim());
  return lines;
}

/** If all pipelines are left out, whether they can be synthesized is all that a plan can tell. */
async function planEverything(pipelines: readonly string[]): Promise<PipelinePlan[]> {
  const ids = listPipelines();
  if (ids.length === 0) process.stderr.write(`plan: ${NO_PIPELINES}\n`);
  if (ids.length === 0 || pipelines.length > 0) return planAll(pipelines);
  const written = await writeStacks([]);
  return 'error' in written ? ids.map((id) => failed(id, written.error)) : [];
}

/** Plans one pipeline at a time, because the providers use most of a machine's memory. */
async function planAll(pipelines: readonly string[]): Promise<PipelinePlan[]> {
  if (pipelines.length === 0) return [];
  const written = await writeStacks(pipelines);
  if ('error' in written) return pipelines.map((pipeline) => failed(pipeline, written.error));
  const plans: PipelinePlan[] = [];
  for (const pipeline of pipelines) {
    const state = written.states.find(({ stack }) => stack === pipeline);
    const moved = written.moved.get(pipeline);
    process.stderr.write(`planning ${pipeline}\n`);
    if (moved !== undefined) plans.push(failed(pipeline, moved));
    else if (state !== undefined) {
      const planned = await withHold(await withEmptyQueues(await planPipeline(root, state)));
      plans.push({ ...planned, about: written.about.get(pipeline) });
    }
  }
  return plans;
}

function failed(pipeline: string, error: string): PipelinePlan {
  return { pipeline, error, failedChecks: [] };
}

interface Written {
  readonly states: readonly StackState[];
  /** By pipeline, why it is not planned. */
  readonly moved: DeployedTopics['moved'];
  readonly about: ReadonlyMap<string, About>;
}

/** Synthesizes the stacks; returns the reason if that fails. */
async function writeStacks(ids: readonly string[]): Promise<Written | { readonly error: string }> {
  try {
    const project = readProject({ root, env: process.env });
    const topics = await deployedTopics(project, { root, ids });
    const error = await trySynthesize(root, topicEnvironment(topics));
    if (error !== undefined) return { error };
    const planned = project.pipelines.filter(({ id }) => ids.includes(id));
    const about = await aboutPipelines(planned, root);
    return { states: pipelineStates(project), moved: topics.moved, about };
  } catch (error) {
    if (!isKnown(error)) throw error;
    return { error: error.message };
  }
}

function exitCodeOf(plans: readonly PipelinePlan[], { pipelines, problem }: Removed): number {
  if (plans.some((one) => 'error' in one) || problem !== undefined) return EXIT.failed;
  const changed = plans.some((one) => 'summary' in one && hasChanges(one.summary));
  return changed || pipelines.some(isDeployed) ? EXIT.changes : EXIT.none;
}

await runCommand(command, {
  argv: process.argv,
  env: process.env,
  stderr: process.stderr,
  wrongUsageCode: EXIT.failed,
});
