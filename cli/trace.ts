import { Command } from 'commander';
import type { GranuleHandler } from '../lambdas/granule-handler.js';
import type { HistoricHandler } from '../lambdas/historic-handler.js';
import { useKeyVariables } from './python/variables.js';
import { parseTime } from './redrive/options.js';
import { requiredPipeline, runCommand, UsageError, wholeNumber } from './shared/command.js';
import { deployedPipeline } from './shared/deployed-pipeline.js';
import { handlerIn, pipelineFile } from './shared/pipeline-code.js';
import { askCode } from './trace/code.js';
import { deployedSources } from './trace/deployed.js';
import { gatherTrace } from './trace/gather.js';
import { traceJson, traceText } from './trace/report.js';
import { subjectFor } from './trace/subject.js';

interface TraceOptions {
  readonly since: string;
  readonly until?: string;
  readonly wait: number;
  readonly inventory?: true;
  readonly json?: true;
}

const DEFAULT_WAIT_SECONDS = 60;
const DEFAULT_DAYS = 7;

const command = new Command('trace')
  .description(
    `Show what became of one granule: its dead letters, lines of the log, its post, its
ingestion and its Item in the catalogue, in the order of time. Nothing changes.

The exit code is 1 if anything needs attention, or if a source could not be asked.`,
  )
  .usage('[options] <pipeline> <granule, key or Item id>')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .argument('[granule]', 'id of an Item or a granule, key or href of an object, or id of a message')
  .option(
    '--since <time>',
    'search the log since 2024-05-01, 2024-05-01T12:00Z, or 90m, 2h, 3d ago',
    (value: string) => parseTime('--since', value),
    new Date(Date.now() - DEFAULT_DAYS * 86_400_000).toISOString(),
  )
  .option('--until <time>', 'search the log until then (default: now)', (value: string) =>
    parseTime('--until', value),
  )
  .option(
    '--wait <seconds>',
    'wait so long for all sources',
    wholeNumber('--wait', 1),
    DEFAULT_WAIT_SECONDS,
  )
  .option('--inventory', 'also search the inventory, with a query of Athena that costs')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  npm run trace -- sentinel1 S1A_IW_GRDH_1SDV_20220420T014035')
  .action(run);

async function run(
  name: string | undefined,
  granule: string | undefined,
  { since, until = new Date().toISOString(), wait, inventory, json }: TraceOptions,
): Promise<void> {
  const folder = requiredPipeline(name);
  const given = granule?.trim();
  if (given === undefined || given === '')
    throw new UsageError('missing argument <granule, key or Item id>');
  if (since >= until)
    throw new UsageError(`--since must be before --until (given ${since} and ${until})`);
  const pipeline = deployedPipeline(folder);
  const { config } = pipeline;
  useKeyVariables(config);
  const { pipeline: app } = await handlerIn<GranuleHandler>(pipelineFile(folder, 'app.ts'));
  const historic =
    config.inventory_location === undefined
      ? undefined
      : (await handlerIn<HistoricHandler>(pipelineFile(folder, 'historic.ts'))).pipeline;
  const buckets = config.source.flatMap((href) => /^s3:\/\/([^/]+)/.exec(href)?.[1] ?? []);
  const subject = subjectFor(given, askCode(given, { app, historic, buckets }));
  const { collectionId: collection } = app;
  const hasVersions = app.versionOf !== undefined;
  const waitMs = wait * 1000;
  const range = { since, until, waitMs };
  const trace = await gatherTrace(subject, {
    ...deployedSources(pipeline, {
      collection,
      ...range,
      hasVersions,
      inventory: inventory === true,
    }),
    waitMs,
  });
  const head = { pipeline: folder.id, collection };
  process.stdout.write(`${json ? traceJson(head, trace) : traceText(head, trace)}\n`);
  if (trace.needsAttention) process.exitCode = 1;
}

await runCommand(command);
