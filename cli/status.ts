import { join } from 'node:path';
import { Command } from 'commander';
import type { GranuleHandler } from '../lambdas/granule-handler.js';
import { runCommand } from './shared/command.js';
import { deployedPipeline } from './shared/deployed-pipeline.js';
import { handlerIn } from './shared/pipeline-code.js';
import { requiredPipeline } from './shared/required-pipeline.js';
import { attentionOf, gatherStatus } from './status/pipeline-status.js';
import { statusJson, statusText } from './status/report.js';

const command = new Command('status')
  .description(
    'Show where the messages and Items of a deployed pipeline are. Exit code 1 where a person has to look.',
  )
  .argument('[pipeline]', 'folder in pipelines/')
  .option('--json', 'print one JSON object')
  .action(async (name: string | undefined, { json }: { readonly json?: true }) => {
    const pipeline = deployedPipeline(requiredPipeline(name));
    const app = await handlerIn<GranuleHandler>(join(pipeline.folder, 'app.ts'));
    const status = await gatherStatus(pipeline, app.pipeline.collectionId);
    process.stdout.write(`${json ? statusJson(status) : statusText(status)}\n`);
    if (attentionOf(status).length > 0) process.exitCode = 1;
  });

await runCommand(command);
