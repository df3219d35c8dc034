import { Command } from 'commander';
import { ACTIONS } from './backfill/actions.js';
import type { BackfillTarget } from './backfill/target.js';
import { requiredPipeline, runCommand, UsageError, type PipelineFolder } from './shared/command.js';
import { INTERRUPTED, interruptSignal } from './shared/terminal.js';

interface CommandOptions {
  readonly chunk?: string;
  readonly countRows?: true;
  readonly json?: true;
  readonly yes?: true;
  readonly local?: true;
  readonly inventory?: string;
  readonly chunks?: number;
  readonly out?: string;
}

const command = new Command('backfill')
  .description(
    `Turn the rows of a pipeline's inventory into messages, and see the progress.

Actions:
  status    show the progress, the rate and the time left; the exit code is 1 if
            anything needs attention
  start     start the next chunk, or continue an unfinished one
  pause     stop after the current page
  resume    continue a paused backfill
  restart   discard all progress, after confirmation, and start at --chunk, or at
            the first chunk
  dry-run   run the query and show what would be sent, without sending it
  describe  show the inventory's dates, rows and bytes, and the lines of
            config.yaml that match it`,
  )
  .usage('[options] <pipeline> [action]')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .argument('[action]', 'one of the actions above', 'status')
  .option('--chunk <chunk>', 'with restart or dry-run: the chunk to use')
  .option('--count-rows', 'with describe: count the rows with an Athena query')
  .option('--yes', 'with restart: discard the progress without asking')
  .option('--json', 'print one JSON object')
  .option('--local', 'run on this machine, in out/<pipeline>/backfill, instead of a deployment')
  .option(
    '--inventory <path>',
    'with --local: S3 Inventory on disk, or a listing (.csv, .csv.gz, .txt)',
  )
  .option(
    '--chunks <n>',
    "with --local: number of chunks that start sends, or 'all' (default: 1)",
    chunks,
  )
  .option('--out <folder>', 'with --local: folder for the progress and messages')
  .addHelpText(
    'after',
    `
Examples:
  npm run backfill -- sentinel1
  npm run backfill -- sentinel1 restart --chunk 2022-04-20`,
  )
  .action(run);

async function run(
  name: string | undefined,
  actionName: string,
  options: CommandOptions,
): Promise<void> {
  const folder = requiredPipeline(name);
  const action = Object.hasOwn(ACTIONS, actionName) ? ACTIONS[actionName] : undefined;
  if (action === undefined) {
    const known = Object.keys(ACTIONS).join(', ');
    throw new UsageError(`unknown action ${JSON.stringify(actionName)} (known: ${known})`);
  }
  checkOptions(actionName, options);
  const interrupt = interruptSignal(process.stderr);
  const isStopped = (): boolean => interrupt.aborted;
  const say = (line: string): void => {
    if (!options.json) process.stdout.write(`${line}\n`);
  };
  const target = await targetOf(folder, options, isStopped);
  try {
    const { lines, json, exitCode } = await action(target, { ...options, isStopped, say });
    process.stdout.write(
      `${options.json ? JSON.stringify(json, undefined, 2) : lines.join('\n')}\n`,
    );
    process.exitCode = interrupt.aborted ? INTERRUPTED : exitCode;
  } finally {
    await target.close();
  }
}

/** Rejects options that would have no effect. */
function checkOptions(action: string, options: CommandOptions): void {
  const { chunk, countRows, yes, local, inventory, chunks: count, out } = options;
  if (yes && action !== 'restart')
    throw new UsageError(`--yes requires the action restart (given ${action})`);
  if (chunk !== undefined && action !== 'restart' && action !== 'dry-run') {
    throw new UsageError(`--chunk requires the action restart or dry-run (given ${action})`);
  }
  if (countRows && action !== 'describe') {
    throw new UsageError(`--count-rows requires the action describe (given ${action})`);
  }
  if (local && inventory === undefined) {
    throw new UsageError(
      '--local requires --inventory <path>: pass the S3 Inventory folder or the listing that the backfill reads',
    );
  }
  if (!local && (inventory ?? count ?? out) !== undefined) {
    throw new UsageError('--inventory, --chunks and --out require --local');
  }
}

/** Imports only what is needed: the AWS SDK and DuckDB each take a noticeable part of a second to load. */
async function targetOf(
  folder: PipelineFolder,
  { inventory, out, chunks: count = 1 }: CommandOptions,
  isStopped: () => boolean,
): Promise<BackfillTarget> {
  if (inventory !== undefined) {
    const { localBackfill } = await import('./backfill/local-target.js');
    return localBackfill(folder, { inventory, out, chunks: count, isStopped });
  }
  const { deployedPipeline } = await import('./shared/deployed-pipeline.js');
  const { deployedBackfill } = await import('./backfill/aws-target.js');
  return deployedBackfill(deployedPipeline(folder));
}

function chunks(value: string): number {
  if (value === 'all') return Infinity;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(
    `--chunks must be a whole number of at least 1, or 'all' (given ${JSON.stringify(value)})`,
  );
}

await runCommand(command);
