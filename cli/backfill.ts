import { Command } from 'commander';
import { ACTIONS } from './backfill/actions.js';
import type { BackfillSite } from './backfill/site.js';
import { runCommand, type PipelineFolder } from './shared/command.js';
import { interruptSignal } from './shared/interrupt.js';
import { requiredPipeline } from './shared/required-pipeline.js';
import { UsageError } from './shared/usage-error.js';

interface CommandOptions {
  readonly chunk?: string;
  readonly countRows?: true;
  readonly json?: true;
  readonly local?: true;
  readonly inventory?: string;
  readonly chunks?: number;
  readonly out?: string;
}

const command = new Command('backfill')
  .description(
    `Turn the inventory of a pipeline into messages, and see how far that is.

  status    rows, sent, skipped, rate, time left; exit code 1 where it needs you
  start     begins what is due, or goes on with what is unfinished
  pause     stops after the page in hand
  resume    goes on with what was paused
  restart   forgets what was done; begins with --chunk or the first chunk
  dry-run   queries and shows what would be sent; sends nothing
  describe  dates, rows and bytes, and the lines of config.yaml that fit`,
  )
  .argument('[pipeline]', 'folder in pipelines/')
  .argument('[action]', Object.keys(ACTIONS).join(', '), 'status')
  .option('--chunk <chunk>', 'restart, dry-run: this chunk')
  .option('--count-rows', 'describe: count the rows by a query of Athena')
  .option('--json', 'print one JSON object')
  .option('--local', 'on this machine, in out/<pipeline>/backfill, instead of a deployment')
  .option('--inventory <path>', '--local: S3 Inventory on disk, or a listing (.csv, .csv.gz, .txt)')
  .option(
    '--chunks <n>',
    "--local: chunks that start sends, a number or 'all' (default: 1)",
    chunks,
  )
  .option('--out <folder>', '--local: for cursor and messages')
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
    throw new UsageError(`there is no action ${JSON.stringify(actionName)}. There are ${known}`);
  }
  checkOptions(actionName, options);
  const interrupt = interruptSignal(process.stderr);
  const isStopped = (): boolean => interrupt.aborted;
  const say = (line: string): void => {
    if (!options.json) process.stdout.write(`${line}\n`);
  };
  const site = await siteOf(folder, options, isStopped);
  try {
    const { lines, json, exitCode } = await action(site, { ...options, isStopped, say });
    process.stdout.write(
      `${options.json ? JSON.stringify(json, undefined, 2) : lines.join('\n')}\n`,
    );
    process.exitCode = interrupt.aborted ? INTERRUPTED : exitCode;
  } finally {
    await site.close();
  }
}

const INTERRUPTED = 130;

/** An option that has no effect would be taken for one that has. */
function checkOptions(action: string, options: CommandOptions): void {
  const { chunk, countRows, local, inventory, chunks: count, out } = options;
  if (chunk !== undefined && action !== 'restart' && action !== 'dry-run') {
    throw new UsageError(`--chunk goes with restart and dry-run (given with ${action})`);
  }
  if (countRows && action !== 'describe') throw new UsageError('--count-rows goes with describe');
  if (local && inventory === undefined) {
    throw new UsageError('--local needs --inventory, a folder in S3 Inventory layout or a listing');
  }
  if (!local && (inventory ?? count ?? out) !== undefined) {
    throw new UsageError('--inventory, --chunks and --out go with --local');
  }
}

/** Each is loaded by whoever needs it: the AWS SDK and DuckDB take a noticeable part of a second. */
async function siteOf(
  folder: PipelineFolder,
  { inventory, out, chunks: count = 1 }: CommandOptions,
  isStopped: () => boolean,
): Promise<BackfillSite> {
  if (inventory !== undefined) {
    const { localBackfill } = await import('./backfill/local.js');
    return localBackfill(folder, { inventory, out, chunks: count, isStopped });
  }
  const { deployedPipeline } = await import('./shared/deployed-pipeline.js');
  const { deployedBackfill } = await import('./backfill/deployed.js');
  return deployedBackfill(deployedPipeline(folder));
}

function chunks(value: string): number {
  if (value === 'all') return Infinity;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(
    `--chunks takes a whole number from 1, or all (given ${JSON.stringify(value)})`,
  );
}

await runCommand(command);
