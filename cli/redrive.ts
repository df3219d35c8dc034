import { Command } from 'commander';
import { redrive, type RedriveOptions } from './redrive/action.js';
import { parseSince } from './redrive/options.js';
import type { DeadLetterStore } from './redrive/store.js';
import {
  requiredPipeline,
  runCommand,
  UsageError,
  wholeNumber,
  type PipelineFolder,
} from './shared/command.js';
import { INTERRUPTED } from './shared/terminal.js';

interface CommandOptions extends RedriveOptions {
  readonly out?: string;
}

const command = new Command('redrive')
  .description(
    `List the dead letters of a pipeline, grouped by reason, and send them back to
the queue with --send. Without --send, nothing changes.

The exit code is 1 if any dead letter could not be read or sent. With --local,
the messages are processed immediately; the exit code is then also 1 if any of them
fails again.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--reason <text>', 'select those whose reason or error contains this text')
  .option(
    '--since <time>',
    'select those that failed since 2024-05-01, 2024-05-01T12:00Z, or 90m, 2h, 3d ago',
    (value: string) => parseSince(value),
  )
  .option('--limit <n>', 'select the n oldest', wholeNumber('--limit', 1))
  .option('--send', 'send the selected ones again, after confirmation')
  .option('--yes', 'skip the confirmation')
  .option('--json', 'print one JSON object')
  .option('--local', 'use the local run in out/<pipeline> instead of a deployment')
  .option('--out <folder>', 'folder of the local run (default: out/<pipeline>)')
  .addHelpText(
    'after',
    '\nExample:\n  npm run redrive -- sentinel1 --reason "503" --since 2h --send',
  )
  .action(run);

async function run(name: string | undefined, options: CommandOptions): Promise<void> {
  const folder = requiredPipeline(name);
  if (options.json && options.send && !options.yes) {
    throw new UsageError('--json with --send cannot ask for confirmation: add --yes');
  }
  const store = await storeOf(folder, options);
  const interrupted = stopOnSignals(store);
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const code = await redrive({ pipeline: folder.id, store, options, print });
  process.exitCode = interrupted() ? INTERRUPTED : code;
}

/** Imports only what is needed: the AWS SDK and the bundler each take a noticeable part of a second to load. */
async function storeOf(folder: PipelineFolder, options: CommandOptions): Promise<DeadLetterStore> {
  if (options.local) {
    const { localDeadLetters } = await import('./redrive/local-store.js');
    return localDeadLetters(folder, options.out);
  }
  const { deployedPipeline } = await import('./shared/deployed-pipeline.js');
  const pipeline = deployedPipeline(folder);
  const { deployedDeadLetters } = await import('./redrive/aws-store.js');
  return deployedDeadLetters(pipeline);
}

/** On the first Ctrl-C the batches in progress are completed, so that no message is sent but not deleted. */
function stopOnSignals(store: DeadLetterStore): () => boolean {
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped = true;
      store.stop();
    });
  }
  return () => stopped;
}

await runCommand(command);
