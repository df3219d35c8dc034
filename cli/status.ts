import { join } from 'node:path';
import { Command } from 'commander';
import type { GranuleHandler } from '../lambdas/granule-handler.js';
import { runCommand, requiredPipeline } from './shared/command.js';
import { deployedPipeline } from './shared/deployed-pipeline.js';
import { handlerIn } from './shared/pipeline-code.js';
import { attentionOf, gatherStatus } from './status/pipeline-status.js';
import { statusJson, statusText } from './status/report.js';

const command = new Command('status')
  .description(
    `Show the queues, ingestor, STAC API and backfill of a deployed pipeline.

The exit code is 1 if anything needs attention.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  npm run status -- sentinel1')
  .action(async (name: string | undefined, { json }: { readonly json?: true }) => {
    const pipeline = deployedPipeline(requiredPipeline(name));
    const app = await handlerIn<GranuleHandler>(join(pipeline.folder, 'app.ts'));
    const status = await gatherStatus(pipeline, app.pipeline.collectionId);
    process.stdout.write(`${json ? statusJson(status) : statusText(status)}\n`);
    if (attentionOf(status).length > 0) process.exitCode = 1;
  });

await runCommand(command);
