import { Command, Option } from 'commander';
import type { GranuleHandler } from '../lambdas/granule-handler.js';
import { requiredPipeline, runCommand, UsageError } from './shared/command.js';
import { deployedPipeline } from './shared/deployed-pipeline.js';
import { handlerIn, pipelineFile } from './shared/pipeline-code.js';
import { printLine } from './shared/terminal.js';
import { fleetExitCode, gatherFleet } from './status/fleet.js';
import { fleetJson, fleetText } from './status/fleet-report.js';
import { attentionOf, gatherStatus } from './status/pipeline-status.js';
import { statusJson, statusText } from './status/report.js';

interface StatusOptions {
  readonly all?: true;
  readonly json?: true;
  readonly local?: true;
  readonly inventory?: string;
}

/** Which command shows what runs on this machine. */
function forLocal(id: string): string {
  return (
    'status shows deployed pipelines: a local backfill is shown by ' +
    `"npm run backfill -- ${id} status --local --inventory <path>", and the results of a local run are in out/${id}`
  );
}

async function showAll(name: string | undefined, { json }: StatusOptions): Promise<void> {
  if (name !== undefined) throw new UsageError(`--all and ${name} contradict each other`);
  const { isTTY, columns } = process.stdout;
  const members = await gatherFleet({ onDone: process.stderr.isTTY ? showProgress : undefined });
  await printLine(json ? fleetJson(members) : fleetText(members, isTTY ? columns : undefined));
  process.exitCode = fleetExitCode(members);
}

function showProgress(done: number, all: number): void {
  process.stderr.write(done === all ? '\r\x1b[K' : `\r${done} of ${all} pipelines`);
}

const command = new Command('status')
  .description(
    `Show the queues, ingestor, STAC API and backfill of a deployed pipeline.

The exit code is 1 if anything needs attention. With --all, one line for each pipeline in
pipelines/, worst first; a pipeline that cannot be read counts as one that needs attention.`,
  )
  .usage('[options] <pipeline>|--all')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--all', 'one line for each pipeline in pipelines/')
  .option('--json', 'print one JSON object')
  .addOption(new Option('--local').hideHelp())
  .addOption(new Option('--inventory <path>').hideHelp())
  .addHelpText('after', '\nExamples:\n  npm run status -- sentinel1\n  npm run status -- --all')
  .action(async (name: string | undefined, options: StatusOptions) => {
    const { json, local, inventory } = options;
    if (options.all) {
      await showAll(name, options);
      return;
    }
    const folder = requiredPipeline(name);
    if (local ?? inventory !== undefined) throw new UsageError(forLocal(folder.id));
    const pipeline = deployedPipeline(folder);
    const app = await handlerIn<GranuleHandler>(pipelineFile(folder, 'app.ts'));
    const status = await gatherStatus(pipeline, app.pipeline.collectionId);
    process.stdout.write(`${json ? statusJson(status) : statusText(status)}\n`);
    if (attentionOf(status).length > 0) process.exitCode = 1;
  });

await runCommand(command);
