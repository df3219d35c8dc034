import { Command } from 'commander';

import {
  collectionNotes,
  type CollectionHandler,
  makeCollection,
} from '../lambdas/collection-handler.js';
import { writeCollection } from './python/collection.js';
import { type PipelineFolder, requiredPipeline, runCommand, UsageError } from './shared/command.js';
import { checkPipelineCode, handlerIn, pipelineFile } from './shared/pipeline-code.js';
import { printLine } from './shared/terminal.js';

const command = new Command('collection')
  .description(
    `Print a pipeline's Collection as JSON, as posted after each deployment. With --from,
write collection.json of a pipeline in Python once, from what a function of a
package returns; commit this file.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/, or - to read it from stdin')
  .option(
    '--from <function>',
    'package.module:function that returns a Collection; it gets no arguments',
  )
  .option('--force', 'with --from: overwrite collection.json')
  .addHelpText('after', '\nExample:\n  npm run --silent collection -- sentinel1 | jq .summaries')
  .action(collection);

interface CollectionOptions {
  readonly from?: string;
  readonly force?: true;
}

async function collection(
  name: string | undefined,
  { from, force }: CollectionOptions,
): Promise<void> {
  if (from === undefined && force) throw new UsageError('--force has no effect without --from');
  const chosen = requiredPipeline(name === '-' ? await firstLine() : name);
  if (from === undefined) await printCollection(chosen);
  else await writeCollection(chosen, { from, force: force === true });
}

async function printCollection(chosen: PipelineFolder): Promise<void> {
  await checkPipelineCode(chosen);
  const { createCollection } = await handlerIn<CollectionHandler>(
    pipelineFile(chosen, 'collection.ts'),
  );
  const made = makeCollection(createCollection);
  await printLine(JSON.stringify(made, undefined, 2));
  for (const note of collectionNotes(made)) process.stderr.write(`warning: ${note}\n`);
}

async function firstLine(): Promise<string | undefined> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  const line = text.split('\n', 1)[0]?.trim();
  return line === '' ? undefined : line;
}

await runCommand(command);
