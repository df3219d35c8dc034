import { resolve } from 'node:path';

import { Command } from 'commander';

import {
  collectionNotes,
  type CollectionHandler,
  makeCollection,
} from '../lambdas/collection-handler.js';
import { runCommand, requiredPipeline } from './shared/command.js';
import { checkPipelineCode, handlerIn } from './shared/pipeline-code.js';
import { printLine } from './shared/terminal.js';

const command = new Command('collection')
  .description("Print a pipeline's Collection as JSON, as posted after each deployment.")
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/, or - to read it from stdin')
  .addHelpText('after', '\nExample:\n  npm run --silent collection -- sentinel1 | jq .summaries')
  .action(printCollection);

async function printCollection(name: string | undefined): Promise<void> {
  const chosen = requiredPipeline(name === '-' ? await firstLine() : name);
  await checkPipelineCode(chosen);
  const { createCollection } = await handlerIn<CollectionHandler>(
    resolve(chosen.folder, 'collection.ts'),
  );
  const collection = makeCollection(createCollection);
  await printLine(JSON.stringify(collection, undefined, 2));
  for (const note of collectionNotes(collection)) process.stderr.write(`warning: ${note}\n`);
}

async function firstLine(): Promise<string | undefined> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  const line = text.split('\n', 1)[0]?.trim();
  return line === '' ? undefined : line;
}

await runCommand(command);
