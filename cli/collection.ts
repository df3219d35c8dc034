import { resolve } from 'node:path';

import { Command } from 'commander';

import { type CollectionHandler, makeCollection } from '../lambdas/collection-handler.js';
import { runCommand } from './shared/command.js';
import { handlerIn } from './shared/pipeline-code.js';
import { requiredPipeline } from './shared/required-pipeline.js';
import { endQuietlyWithReader, printLine } from './shared/terminal.js';

const command = new Command('collection')
  .description("Print a pipeline's Collection as JSON, as it is posted after each deployment.")
  .argument('[pipeline]', 'folder in pipelines/, or - to read it from stdin')
  .action(printCollection);

async function printCollection(name: string | undefined): Promise<void> {
  const { folder } = requiredPipeline(name === '-' ? await firstLine() : name);
  const { createCollection } = await handlerIn<CollectionHandler>(resolve(folder, 'collection.ts'));
  endQuietlyWithReader();
  await printLine(JSON.stringify(makeCollection(createCollection), undefined, 2));
}

async function firstLine(): Promise<string | undefined> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  const line = text.split('\n', 1)[0]?.trim();
  return line === '' ? undefined : line;
}

await runCommand(command);
