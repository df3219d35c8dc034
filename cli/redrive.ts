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
the queue with --send, or archive and delete them with --discard. Without either,
nothing changes.

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
  .option('--discard', 'write the selected ones to a file and delete them, after confirmation')
  .option(
    '--to <file>',
    'with --discard: the file, one JSON object per line; an existing file is continued',
  )
  .option('--force', 'with --send: post Items although newer versions of them are in the catalogue')
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
  checkOptions(options);
  const store = await storeOf(folder, options);
  const interrupted = stopOnSignals(store);
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const code = await redrive({ pipeline: folder.id, store, options, print });
  process.exitCode = interrupted() ? INTERRUPTED : code;
}

/** Throws UsageError before the queues are read, which may take minutes. */
function checkOptions({ send, discard, to, force, json, yes, local }: CommandOptions): void {
  if (send && discard) throw new UsageError('--send and --discard exclude each other');
  if (force && !send) throw new UsageError('--force needs --send');
  if (discard && to === undefined) throw new UsageError('--discard needs --to <file>');
  if (to !== undefined && !discard) throw new UsageError('--to needs --discard');
  if (discard && local) throw new UsageError('--discard is for a deployment, not for --local');
  if ((!send && !discard) || yes) return;
  const action = send ? '--send' : '--discard';
  if (json) throw new UsageError(`--json with ${action} cannot ask for confirmation: add --yes`);
  if (!process.stdin.isTTY) {
    throw new UsageError(
      `${action} cannot ask for confirmation, because stdin is not a terminal: add --yes`,
    );
  }
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
