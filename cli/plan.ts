import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { knownPipelines, listPipelines } from '../modules/config/folder.js';
import { readProject } from '../modules/config/project.js';
import { pipelineArgument, runCommand, UsageError } from './shared/command.js';
import { type PipelinePlan, planPipeline } from './plan/terraform.js';
import { pipelineStates } from './shared/state-move.js';
import { planComment } from './plan/comment.js';
import { hasChanges } from './plan/summary.js';
import { printLine } from './shared/terminal.js';
import { trySynthesize } from './plan/synth-stacks.js';

const root = process.cwd();

/** The exit codes of `terraform plan -detailed-exitcode`. Incorrect usage also has the code 1, since 2 means changes. */
const EXIT = { none: 0, failed: 1, changes: 2 } as const;

interface PlanOptions {
  readonly all?: true;
  readonly json?: true;
}

const command = new Command('plan')
  .description(
    `Run terraform plan for pipelines, and print a summary for reviewers as Markdown.

Exit codes: 0 no changes, 1 failed, 2 changes.`,
  )
  .argument(
    '[pipelines...]',
    'names of folders in pipelines/; - reads them from stdin, one per line',
  )
  .option('--all', 'plan every pipeline')
  .option('--json', 'print the summaries as JSON')
  .addHelpText('after', '\nExample:\n  npm run --silent plan -- sentinel1 > plan.md')
  .action(plan);

async function plan(given: readonly string[], options: PlanOptions): Promise<void> {
  const pipelines = await pipelinesOf(given, options);
  const plans = await planAll(pipelines);
  await printLine(options.json ? jsonOf(plans) : planComment(plans));
  process.exitCode = exitCodeOf(plans);
}

async function pipelinesOf(
  given: readonly string[],
  { all }: PlanOptions,
): Promise<readonly string[]> {
  if (all) return listPipelines();
  if (given.length === 0)
    throw new UsageError(`missing argument <pipelines> or --all ${knownPipelines()}`);
  const names: string[] = [];
  for (const name of given) names.push(...(name === '-' ? await linesOfStdin() : [name]));
  return [...new Set(names.map((name) => pipelineArgument(name).id))];
}

async function linesOfStdin(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface(process.stdin))
    if (line.trim() !== '') lines.push(line.trim());
  return lines;
}

/** Plans one pipeline at a time, because the providers use most of a machine's memory. */
async function planAll(pipelines: readonly string[]): Promise<PipelinePlan[]> {
  if (pipelines.length === 0) return [];
  const error = await trySynthesize(root);
  if (error !== undefined) return pipelines.map((pipeline) => ({ pipeline, error }));
  const all = pipelineStates(readProject({ root, env: process.env }));
  const states = pipelines.flatMap((id) => all.filter(({ stack }) => stack === id));
  const plans: PipelinePlan[] = [];
  for (const state of states) {
    process.stderr.write(`planning ${state.stack}\n`);
    plans.push(await planPipeline(root, state));
  }
  return plans;
}

function exitCodeOf(plans: readonly PipelinePlan[]): number {
  if (plans.some((one) => 'error' in one)) return EXIT.failed;
  const changed = plans.some((one) => 'summary' in one && hasChanges(one.summary));
  return changed ? EXIT.changes : EXIT.none;
}

/** The summaries without the full text of the plans. */
function jsonOf(plans: readonly PipelinePlan[]): string {
  const summaries = plans.map((one) =>
    'error' in one ? one : { pipeline: one.pipeline, ...one.summary },
  );
  return JSON.stringify(summaries, undefined, 2);
}

await runCommand(command, {
  argv: process.argv,
  env: process.env,
  stderr: process.stderr,
  wrongUsageCode: EXIT.failed,
});
