import { Command } from 'commander';
import { checkOptions, type CommandOptions } from './reconcile/check-options.js';
import { fleetExitCode, reconcileFleet } from './reconcile/fleet/fleet.js';
import { fleetJson, fleetMarkdown } from './reconcile/fleet/report.js';
import { lockFolder } from './reconcile/lock.js';
import { writeMetrics } from './reconcile/metric.js';
import { granuleQueue, openReconciliation } from './reconcile/open.js';
import { startShow } from './reconcile/progress.js';
import { reconcile, type RunResult } from './reconcile/run.js';
import {
  pipelineArgument,
  requiredPipeline,
  runCommand,
  UsageError,
  wholeNumber,
  type PipelineFolder,
} from './shared/command.js';
import { awsClients, type AwsClients } from './shared/aws-clients.js';
import { deployedPipeline } from './shared/deployed-pipeline.js';
import { confirm, INTERRUPTED, interruptSignal } from './shared/terminal.js';

const command = new Command('reconcile')
  .description(
    `Compare a pipeline's inventory with the catalogue: which granules have no Item, and
which Items have no granule. --send puts the messages of the missing Items on the
queue. An Item without a granule is listed, never deleted.

The exit code is 1 if anything is missing or needs attention, or if there was
nothing to compare. A run that was interrupted goes on where it stopped.`,
  )
  .usage('[options] <pipeline>|--all')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--all', 'every deployed pipeline that can be compared, with a report in Markdown')
  .option('--stac-api <url>', 'STAC API of the catalogue (default: stac_api_url of config.yaml)')
  .option('--chunk <chunk>', 'compare one chunk of the backfill only')
  .option('--from <chunk>', 'with --to: compare the chunks from this one')
  .option('--to <chunk>', 'with --from: compare the chunks to this one')
  .option('--send', 'send the messages of the missing Items, after confirmation')
  .option('--last', 'with --send: send what the last comparison found, without another one')
  .option('--yes', 'with --send: skip the confirmation')
  .option('--fresh', 'start over instead of going on with an interrupted run')
  .option('--page-size <n>', 'Items of a page of the STAC API (default: 1000)', pageSize)
  .option('--metric', 'write the metrics MissingItems and SurplusItems to CloudWatch')
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
  npm run reconcile -- --all --metric
  npm run reconcile -- sentinel1 --chunk 2024-05-01 --send
  npm run reconcile -- cop_dem_30 --local --inventory list.txt --stac-api https://stac.example.com`,
  )
  .action(run);

async function run(name: string | undefined, options: CommandOptions): Promise<void> {
  if (options.all) {
    await runAll(name, options);
    return;
  }
  const folder = requiredPipeline(name);
  checkOptions(folder.id, options);
  const signal = interruptSignal(process.stderr);
  const given = { options, signal, clients: awsClients() };
  const { output, exitCode } = await compareOne(folder, given);
  if (output === undefined) process.stderr.write('stopped: the same command goes on from here\n');
  else process.stdout.write(`${output}\n`);
  process.exitCode = signal.aborted ? INTERRUPTED : exitCode;
}

async function runAll(name: string | undefined, options: CommandOptions): Promise<void> {
  if (name !== undefined) throw new UsageError(`--all and ${name} contradict each other`);
  checkOptions('<pipeline>', options);
  const signal = interruptSignal(process.stderr);
  const given = { options, signal, clients: awsClients() };
  const fleet = await reconcileFleet({
    onStart: (id) => process.stderr.write(`${id}:\n`),
    compare: async (id) => (await compareOne(pipelineArgument(id), given)).finding,
  });
  process.stdout.write(`${options.json ? fleetJson(fleet) : fleetMarkdown(fleet)}\n`);
  process.exitCode = signal.aborted ? INTERRUPTED : fleetExitCode(fleet);
}

interface Given {
  readonly options: CommandOptions;
  readonly signal: AbortSignal;
  /** Shared by all pipelines of the command. */
  readonly clients: Pick<AwsClients, 'cloudWatch'>;
}

async function compareOne(
  folder: PipelineFolder,
  { options, signal, clients }: Given,
): Promise<RunResult> {
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
  let release: (() => void) | undefined;
  try {
    release = lockFolder(reconciliation.workspace.folder);
    const queue = () => granuleQueue(folder);
    const result = await reconcile(reconciliation, { options, queue, ask: confirm, say });
    if (options.metric && result.finding !== undefined) {
      const { region } = deployedPipeline(folder).config;
      const client = clients.cloudWatch(region);
      await writeMetrics(result.finding, { service: folder.id, client });
    }
    return result;
  } finally {
    progress.end();
    release?.();
    await reconciliation.target.close();
  }
}

function pageSize(value: string): number {
  const size = wholeNumber('--page-size', 1)(value);
  if (size <= 10_000) return size;
  throw new UsageError(`--page-size must be at most 10000 (given ${JSON.stringify(value)})`);
}

await runCommand(command);
