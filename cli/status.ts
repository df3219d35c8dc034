import { Command, Option } from 'commander';
import type { GranuleHandler } from '../lambdas/granule-handler.js';
import { requiredPipeline, runCommand, UsageError } from './shared/command.js';
import { deployedPipeline } from './shared/deployed-pipeline.js';
import { handlerIn, pipelineFile } from './shared/pipeline-code.js';
import { attentionOf, gatherStatus } from './status/pipeline-status.js';
import { statusJson, statusText } from './status/report.js';

interface StatusOptions {
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

const command = new Command('status')
  .description(
    `Show the queues, ingestor, STAC API and backfill of a deployed pipeline.

The exit code is 1 if anything needs attention.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--json', 'print one JSON object')
  .addOption(new Option('--local').hideHelp())
  .addOption(new Option('--inventory <path>').hideHelp())
  .addHelpText('after', '\nExample:\n  npm run status -- sentinel1')
  .action(async (name: string | undefined, { json, local, inventory }: StatusOptions) => {
    const folder = requiredPipeline(name);
    if (local ?? inventory !== undefined) throw new UsageError(forLocal(folder.id));
    const pipeline = deployedPipeline(folder);
    const app = await handlerIn<GranuleHandler>(pipelineFile(folder, 'app.ts'));
    const status = await gatherStatus(pipeline, app.pipeline.collectionId);
    process.stdout.write(`${json ? statusJson(status) : statusText(status)}\n`);
    if (attentionOf(status).length > 0) process.exitCode = 1;
  });

await runCommand(command);
