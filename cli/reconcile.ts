import { Command } from 'commander';
import { granuleQueue, openReconciliation, type OpenOptions } from './reconcile/open.js';
import { startShow } from './reconcile/progress.js';
import { reconcile, type RunOptions } from './reconcile/run.js';
import { requiredPipeline, runCommand, UsageError, wholeNumber } from './shared/command.js';
import { confirm, INTERRUPTED, interruptSignal } from './shared/terminal.js';

interface CommandOptions extends OpenOptions, RunOptions {
  readonly local?: true;
}

const command = new Command('reconcile')
  .description(
    `Compare a pipeline's inventory with the catalogue: which granules have no Item, and
which Items have no granule. --send puts the messages of the missing Items on the
queue. An Item without a granule is listed, never deleted.

The exit code is 1 if anything is missing or needs attention, or if there was
nothing to compare. A run that was interrupted goes on where it stopped.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--stac-api <url>', 'STAC API of the catalogue (default: stac_api_url of config.yaml)')
  .option('--chunk <chunk>', 'compare one chunk of the backfill only')
  .option('--from <chunk>', 'with --to: compare the chunks from this one')
  .option('--to <chunk>', 'with --from: compare the chunks to this one')
  .option('--send', 'send the messages of the missing Items, after confirmation')
  .option('--last', 'with --send: send what the last comparison found, without another one')
  .option('--yes', 'with --send: skip the confirmation')
  .option('--fresh', 'start over instead of going on with an interrupted run')
  .option('--page-size <n>', 'Items of a page of the STAC API (default: 1000)', pageSize)
  .option('--json', 'print one JSON object')
  .option('--local', 'read an inventory on this machine, and nothing in AWS')
  .option(
    '--inventory <path>',
    'with --local: S3 Inventory on disk, or a listing (.csv, .csv.gz, .txt)',
  )
  .option(
    '--out <folder>',
    'folder for the progress and the lists (default: out/<pipeline>/reconcile)',
  )
  .addHelpText(
    'after',
    `
Examples:
  npm run reconcile -- sentinel1
  npm run reconcile -- sentinel1 --chunk 2024-05-01 --send
  npm run reconcile -- cop_dem_30 --local --inventory list.txt --stac-api https://stac.example.com`,
  )
  .action(run);

async function run(name: string | undefined, options: CommandOptions): Promise<void> {
  const folder = requiredPipeline(name);
  checkOptions(folder.id, options);
  const signal = interruptSignal(process.stderr);
  const progress = startShow(process.stderr);
  const say = (line: string): void => {
    progress.end();
    process.stderr.write(`${line}\n`);
  };
  const isStopped = (): boolean => signal.aborted;
  const { show } = progress;
  const reconciliation = await openReconciliation(folder, options, {
    signal,
    isStopped,
    show,
    say,
  });
  try {
    const queue = () => granuleQueue(folder);
    const result = await reconcile(reconciliation, { options, queue, ask: confirm, say });
    progress.end();
    if (result.output === undefined) say('stopped: the same command goes on from here');
    else process.stdout.write(`${result.output}\n`);
    process.exitCode = signal.aborted ? INTERRUPTED : result.exitCode;
  } finally {
    progress.end();
    await reconciliation.target.close();
  }
}

/** Throws UsageError before anything is read, which may take long. */
function checkOptions(id: string, options: CommandOptions): void {
  const { local, inventory, send, last, yes, fresh, json } = options;
  if (local && inventory === undefined)
    throw new UsageError(
      '--local requires --inventory <path>: pass the S3 Inventory folder or the listing to compare',
    );
  if (!local && inventory !== undefined) throw new UsageError('--inventory requires --local');
  if (local && send) {
    throw new UsageError(
      '--send is for a deployment, not for --local: without --send, the file of missing Items has their messages, which ' +
        `npm run local -- ${id} --messages <file> makes Items of`,
    );
  }
  if (!send && (last ?? yes)) throw new UsageError(`${last ? '--last' : '--yes'} needs --send`);
  if (last && fresh) throw new UsageError('--last and --fresh exclude each other');
  if (!send || yes) return;
  if (json) throw new UsageError('--json with --send cannot ask for confirmation: add --yes');
  if (!process.stdin.isTTY)
    throw new UsageError(
      '--send cannot ask for confirmation, because stdin is not a terminal: add --yes',
    );
}

function pageSize(value: string): number {
  const size = wholeNumber('--page-size', 1)(value);
  if (size <= 10_000) return size;
  throw new UsageError(`--page-size must be at most 10000 (given ${JSON.stringify(value)})`);
}

await runCommand(command);
