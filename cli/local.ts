import { join } from 'node:path';
import { Command, Option } from 'commander';
import { runLocally } from '../local/local-run.js';
import { failureCount, summaryText } from '../local/run/summary.js';
import { CONCURRENCY, prepareRun, type RunInput } from './local/settings.js';
import { requiredPipeline, runCommand, wholeNumber } from './shared/command.js';
import { INTERRUPTED, interruptSignal } from './shared/terminal.js';

interface LocalOptions extends Omit<RunInput, 'outputsHref'> {
  readonly outputsHref: 's3' | 'file';
  readonly limit?: number;
  readonly concurrency: number;
  readonly out?: string;
  readonly fresh?: true;
}

const command = new Command('local')
  .description(
    `Run a pipeline on this machine. Messages go through a local queue, and the
Items are posted to a local ingestor and shown on a map, in
out/<pipeline>/index.html.

Without --granules, --messages or --inventory, the sample in
pipelines/<pipeline>/sample is used. A run that was interrupted continues where
it stopped, or starts over and says so if the pipeline's code has changed since.
The exit code is 1 if any message failed.`,
  )
  .usage('[options] <pipeline>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .option('--granules <folder>', 'granules on disk, or an s3:// prefix')
  .option(
    '--messages <file>',
    'message bodies, one per line; --granules is then the folder to read the granules from',
  )
  .option(
    '--inventory <path>',
    'S3 Inventory on disk, or a listing (.csv, .csv.gz, .txt); --granules as with --messages',
  )
  .option('--href-prefix <href>', "start the Items' hrefs with this instead of the folder on disk")
  .option(
    '--ingestor <url>',
    'ingestor to post to; authenticates with INGESTOR_TOKEN, INGESTOR_SECRET or SECRET_ARN',
  )
  .addOption(
    new Option(
      '--outputs-href <kind>',
      'hrefs of the files that the pipeline writes: s3, as deployed, or file, on this disk',
    )
      .choices(['s3', 'file'])
      .default('s3'),
  )
  .option('--dry-run', 'create Items without posting them')
  .option('--limit <n>', 'maximum number of messages', wholeNumber('--limit', 1))
  .option(
    '--concurrency <n>',
    'number of worker threads',
    wholeNumber('--concurrency', 1),
    CONCURRENCY,
  )
  .option('--out <folder>', 'folder for the results (default: out/<pipeline>)')
  .option('--fresh', 'ignore an unfinished run and start over')
  .addHelpText('after', '\nExample:\n  npm run local -- sentinel1 --granules ~/granules --dry-run')
  .action(run);

async function run(
  name: string | undefined,
  { outputsHref, ...options }: LocalOptions,
): Promise<void> {
  const folder = requiredPipeline(name);
  const hrefs = outputsHref === 'file' ? { outputsHref } : {};
  const prepared = await prepareRun(folder, { ...options, ...hrefs });
  const summary = await runLocally({
    ...prepared,
    folder: options.out ?? join('out', folder.id),
    fresh: options.fresh ?? false,
    limit: options.limit,
    concurrency: options.concurrency,
    terminal: process.stderr,
    signal: interruptSignal(process.stderr),
  });
  process.stdout.write(summaryText(summary));
  process.exitCode = summary.isInterrupted ? INTERRUPTED : failureCount(summary) > 0 ? 1 : 0;
}

await runCommand(command);
