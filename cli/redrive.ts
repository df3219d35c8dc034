import { Command } from 'commander';
import { runCommand, type PipelineFolder } from './shared/command.js';
import type { DeadLetterStore } from './redrive/store.js';
import { redrive, type RedriveOptions } from './redrive/action.js';
import { parseLimit, parseSince } from './redrive/options.js';
import { requiredPipeline } from './shared/required-pipeline.js';
import { UsageError } from './shared/usage-error.js';

interface CommandOptions extends RedriveOptions {
  readonly out?: string;
}

const INTERRUPTED = 130;

const command = new Command('redrive')
  .description(
    'List the dead letters of a pipeline by reason, and send them again with --send. Listing changes nothing.',
  )
  .argument('[pipeline]', 'folder in pipelines/')
  .option('--reason <text>', 'only those whose reason or error contains this text')
  .option(
    '--since <time>',
    'only those that failed since: 2024-05-01, 2024-05-01T12:00Z, 90m, 2h, 3d',
    (value: string) => parseSince(value),
  )
  .option('--limit <n>', 'the n oldest of them at most', parseLimit)
  .option('--send', 'send them again, after asking')
  .option('--yes', 'do not ask')
  .option('--json', 'print one JSON object')
  .option('--local', 'those of the local run, out/<pipeline>/dead-letters.ndjson')
  .option('--out <folder>', 'folder of the local run')
  .action(run);

async function run(name: string | undefined, options: CommandOptions): Promise<void> {
  const folder = requiredPipeline(name);
  if (options.json && options.send && !options.yes) {
    throw new UsageError('--json with --send asks nothing: add --yes');
  }
  const store = await storeOf(folder, options);
  const interrupted = stopOnSignals(store);
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const code = await redrive({ pipeline: folder.id, store, options, print });
  process.exitCode = interrupted() ? INTERRUPTED : code;
}

/** Each is loaded by whoever needs it: the AWS SDK and the bundler take a noticeable part of a second. */
async function storeOf(folder: PipelineFolder, options: CommandOptions): Promise<DeadLetterStore> {
  if (options.local) {
    const { localDeadLetters } = await import('./redrive/local.js');
    return localDeadLetters(folder, options.out);
  }
  const { deployedPipeline } = await import('./shared/deployed-pipeline.js');
  const pipeline = deployedPipeline(folder);
  const { deployedDeadLetters } = await import('./redrive/deployed.js');
  return deployedDeadLetters(pipeline);
}

/** The first Ctrl-C lets the batches in hand end, so that none is sent and not deleted. */
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
