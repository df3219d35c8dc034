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
  readonly from?: string;
  readonly to?: string;
  readonly where?: string;
  readonly repost?: true;
  readonly madeBefore?: string;
  readonly stacApi?: string;
  readonly count?: true;
  readonly fresh?: true;
  readonly out?: string;
}

const command = new Command('backfill')
  .description(
    `Turn the rows of a pipeline's inventory into messages, and see the progress.

Actions:
  status    show the progress, the rate and the time left, also of a repost; the
            exit code is 1 if anything needs attention
  start     start the next chunk, or continue an unfinished one; with --chunks,
            more chunks follow without the schedule
  pause     stop after the current page; with --repost, the repost
  resume    continue a paused backfill; with --repost, a repost that was paused
            or failed
  restart   discard all progress, after confirmation, and start at --chunk, or at
            the first chunk
  repost    send the chunks --from to --to again, beside the backfill; the same
            command continues a repost that was stopped
  cancel    end a repost for good
  reprocess send the granules of Items again that an older version of the code made
  dry-run   run the query and show what would be sent, without sending it
  describe  show the inventory's dates, rows and bytes, and the lines of
            config.yaml that match it`,
  )
  .usage('[options] <pipeline> [action]')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .argument('[action]', 'one of the actions above', 'status')
  .option('--chunk <chunk>', 'with restart or dry-run: the chunk to use')
  .option(
    '--chunks <n>',
    "with start or restart: number of chunks to send one after the other, or 'all' (default: 1, and the schedule begins the others)",
    chunks,
  )
  .option('--from <chunk>', 'with repost, reprocess or dry-run: one end of the range')
  .option('--to <chunk>', 'with repost, reprocess or dry-run: the other end of the range')
  .option(
    '--where <condition>',
    'with repost or dry-run: SQL condition on the columns of the inventory',
  )
  .option('--repost', 'with pause or resume: the repost instead of the backfill')
  .option('--made-before <version>', 'with reprocess: the code_version before which Items are old')
  .option('--stac-api <url>', 'with reprocess: STAC API (default: stac_api_url of config.yaml)')
  .option('--count', 'with reprocess: count the Items, and send nothing')
  .option('--fresh', 'with reprocess: start over instead of going on with a run that was stopped')
  .option('--count-rows', 'with describe: count the rows with an Athena query')
  .option('--yes', 'with start, restart, repost or reprocess: go on without asking')
  .option('--json', 'print one JSON object')
  .option('--local', 'run on this machine, in out/<pipeline>/backfill, instead of a deployment')
  .option(
    '--inventory <path>',
    'with --local: S3 Inventory on disk, or a listing (.csv, .csv.gz, .txt)',
  )
  .option('--out <folder>', 'with --local: folder for the progress and messages')
  .addHelpText(
    'after',
    `
Examples:
  npm run backfill -- sentinel1
  npm run backfill -- sentinel1 start --chunks all
  npm run backfill -- sentinel1 restart --chunk 2022-04-20
  npm run backfill -- sentinel1 repost --from 2022-04-01 --to 2022-04-20 --where "key LIKE '%/IW/%'"`,
  )
  .action(run);

async function run(
  name: string | undefined,
  actionName: string,
  options: CommandOptions,
): Promise<void> {
  const folder = requiredPipeline(name);
  if (actionName === 'reprocess') {
    checkOptions(actionName, options);
    const { runReprocess } = await import('./reprocess/command.js');
    await runReprocess(folder, options);
    return;
  }
  const action = Object.hasOwn(ACTIONS, actionName) ? ACTIONS[actionName] : undefined;
  if (action === undefined) {
    const known = [...Object.keys(ACTIONS), 'reprocess'].join(', ');
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

/** The actions with which an option has an effect. */
const ACTIONS_OF = {
  chunk: ['restart', 'dry-run'],
  chunks: ['start', 'restart', 'dry-run'],
  from: ['repost', 'reprocess', 'dry-run'],
  to: ['repost', 'reprocess', 'dry-run'],
  where: ['repost', 'dry-run'],
  repost: ['pause', 'resume'],
  countRows: ['describe'],
  yes: ['start', 'restart', 'repost', 'reprocess'],
  madeBefore: ['reprocess'],
  stacApi: ['reprocess'],
  count: ['reprocess'],
  fresh: ['reprocess'],
} satisfies Partial<Record<keyof CommandOptions, readonly string[]>>;

/** Rejects options that would have no effect. */
function checkOptions(action: string, options: CommandOptions): void {
  for (const [name, actions] of Object.entries(ACTIONS_OF)) {
    if (options[name as keyof typeof ACTIONS_OF] === undefined || actions.includes(action))
      continue;
    const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const known = [actions.slice(0, -1).join(', '), ...actions.slice(-1)]
      .filter(Boolean)
      .join(' or ');
    throw new UsageError(`--${option} requires the action ${known} (given ${action})`);
  }
  const { local, inventory, out } = options;
  if (local && inventory === undefined) {
    throw new UsageError(
      '--local requires --inventory <path>: pass the S3 Inventory folder or the listing that the backfill reads',
    );
  }
  if (!local && (inventory ?? out) !== undefined) {
    throw new UsageError('--inventory and --out require --local');
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
