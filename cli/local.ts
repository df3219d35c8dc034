import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import { type LocalRunOptions, runLocally } from '../local/local-run.js';
import { MAX_RECEIVE } from '../local/queue/queue.js';
import { failureCount, summaryText } from '../local/run/summary.js';
import { readPipelineConfig } from '../modules/config/config.js';
import { runCommand } from './shared/command.js';
import { interruptSignal } from './shared/interrupt.js';
import { type InputOptions, planInput, type PlannedPipeline } from './local/input.js';
import { localTarget } from './local/target.js';
import { bundlePipeline } from './shared/pipeline-code.js';
import { requiredPipeline } from './shared/required-pipeline.js';

interface LocalOptions extends InputOptions {
  readonly ingestor?: string;
  readonly dryRun?: true;
  readonly limit?: number;
  readonly concurrency: number;
  readonly out?: string;
  readonly fresh?: true;
}

const INTERRUPTED = 130;
// Fewer tries and shorter waits than in AWS: whoever runs this waits for it.
const MAX_RECEIVE_COUNT = 3;
const RETRY_DELAY_SECONDS = 1;

const command = new Command('local')
  .description('Run a pipeline on this machine: messages in, Items in an ingestor and on a map.')
  .argument('[pipeline]', 'folder in pipelines/')
  .option('--granules <folder>', 'granules on disk, or under an s3:// prefix')
  .option(
    '--messages <file>',
    'message bodies, one a line; --granules is then where their granules are read',
  )
  .option(
    '--inventory <folder>',
    'S3 Inventory (or a listing, .csv or .txt); --granules as for --messages',
  )
  .option('--href-prefix <href>', 'what hrefs begin with instead of the folder on disk')
  .option('--ingestor <url>', 'post there; INGESTOR_TOKEN, INGESTOR_SECRET or SECRET_ARN let in')
  .option('--dry-run', 'make Items and post nothing')
  .option('--limit <n>', 'messages at most', positive)
  .option('--concurrency <n>', 'worker threads', positive, Math.max(2, availableParallelism()))
  .option('--out <folder>', 'where results go (default: out/<pipeline>)')
  .option('--fresh', 'start anew where an interrupted run could be taken up')
  .action(run);

async function run(name: string | undefined, options: LocalOptions): Promise<void> {
  const folder = requiredPipeline(name);
  const config = readPipelineConfig(folder.folder);
  const target = await localTarget(options);
  const code = await bundlePipeline(folder);
  const pipeline = { folder, config, code, workFolder: dirname(code.appFile) };
  const { input, ...maps } = await planInput(options, pipeline);
  const summary = await runLocally({
    pipeline: folder.id,
    collection: code.collection,
    input,
    target,
    folder: options.out ?? join('out', folder.id),
    inputName: inputName(options),
    fresh: options.fresh ?? false,
    limit: options.limit,
    concurrency: options.concurrency,
    batchSize: Math.min(config.batch_size, MAX_RECEIVE),
    containerFile: code.containerFile,
    settings: { ...settingsOf(pipeline), ...maps },
    terminal: process.stderr,
    signal: interruptSignal(process.stderr),
  });
  process.stdout.write(summaryText(summary));
  process.exitCode = summary.isInterrupted ? INTERRUPTED : failureCount(summary) > 0 ? 1 : 0;
}

function settingsOf({ folder, config, code }: PlannedPipeline): LocalRunOptions['settings'] {
  return {
    pipeline: folder.id,
    appFile: code.appFile,
    ...(config.stac_api_url !== undefined && { stacApiUrl: config.stac_api_url }),
    requesterPays: config.requester_pays,
    region: config.region,
    timeoutSeconds: config.timeout_seconds,
    memoryMb: config.memory_mb,
    maxReceiveCount: MAX_RECEIVE_COUNT,
    retryDelaySeconds: RETRY_DELAY_SECONDS,
  };
}

/** The same for two runs that do the same, however far each goes. */
function inputName({ granules, messages, inventory, ...options }: LocalOptions): string {
  const path = (given?: string) => (given?.startsWith('s3://') ? given : given && resolve(given));
  const { hrefPrefix, ingestor, dryRun } = options;
  const paths = [granules, messages, inventory].map(path);
  return JSON.stringify({ paths, hrefPrefix, ingestor, dryRun });
}

function positive(value: string): number {
  if (!/^[1-9]\d*$/.test(value))
    throw new InvalidArgumentError(`it is a whole number above 0 (given '${value}')`);
  return Number(value);
}

await runCommand(command);
