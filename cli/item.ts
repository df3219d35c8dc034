import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { GranuleHandler } from '../lambdas/granule-handler.js';
import { makeGranule } from '../lambdas/granule/items.js';
import { deployedOutputs } from '../lambdas/outputs/deployed.js';
import { failureOf } from '../lambdas/runtime/errors.js';
import type { LogFields } from '../lambdas/runtime/log.js';
import { excerpt } from '../lambdas/runtime/text.js';
import { traceOf } from '../lambdas/runtime/trace.js';
import { hrefSource, mappedSource } from '../lambdas/source/href.js';
import type { Item } from '../lambdas/stac/stac.js';
import { linesOf } from '../local/files/lines.js';
import { RUN_FILES } from '../local/run/file-names.js';
import { namedGranule, sampleOf, tryFindGranule } from './item/granule.js';
import { granuleVariables, useKeyVariables } from './python/variables.js';
import {
  isDebug,
  requiredPipeline,
  runCommand,
  UsageError,
  type PipelineFolder,
} from './shared/command.js';
import { localConfig } from './shared/local-config.js';
import { checkPipelineCode, handlerIn, pipelineFile } from './shared/pipeline-code.js';
import { printLine } from './shared/terminal.js';

interface ItemOptions {
  readonly hrefPrefix?: string;
}

const command = new Command('item')
  .description(
    `Print the Items of granules as JSON, one per line. Nothing is posted.

A granule has one Item, several, or none. The exit code is 1 if any Item could not be created.`,
  )
  .usage('[options] <pipeline> [hrefs...]')
  .argument('[pipeline]', 'name of a folder in pipelines/')
  .argument(
    '[hrefs...]',
    's3:// or https:// hrefs, folders or files on disk, or messages; - reads them from stdin, one per line',
  )
  .option(
    '--href-prefix <href>',
    "with a granule on disk: start the Item's hrefs with this and its name; a file of the sample needs none",
  )
  .addHelpText(
    'after',
    '\nExample:\n  npm run --silent item -- sentinel1 s3://bucket/granule | jq .id',
  )
  .action(printItems);

async function printItems(
  name: string | undefined,
  given: readonly string[],
  options: ItemOptions,
): Promise<void> {
  const chosen = requiredPipeline(name);
  if (given.length === 0) {
    throw new UsageError(
      'missing argument <hrefs>: pass an href or a folder, or - to read them from stdin',
    );
  }
  await checkPipelineCode(chosen);
  const maker = await itemMaker(chosen, { ...options, given });
  let count = 0;
  for await (const href of hrefsOf(given)) {
    count += 1;
    try {
      const items = await maker(href);
      for (const item of items) await printLine(JSON.stringify(item));
      if (items.length === 0) process.stderr.write(`${excerpt(href)}: skipped: it has no Items\n`);
    } catch (error) {
      process.stderr.write(`${withHref(href, failureOf(error).message)}\n`);
      if (isDebug(process.env)) process.stderr.write(`${traceOf(error)}\n`);
      process.exitCode = 1;
    }
  }
  if (count === 0) throw new UsageError('stdin contains no href: write one per line');
}

/** Puts the href before a reason that does not begin with it. */
function withHref(href: string, reason: string): string {
  return reason.startsWith(`${href}: `) ? reason : `${excerpt(href)}: ${reason}`;
}

async function itemMaker(
  chosen: PipelineFolder,
  { hrefPrefix, given }: ItemOptions & { readonly given: readonly string[] },
): Promise<(given: string) => Promise<readonly Item[]>> {
  const config = localConfig(chosen.folder);
  const { requester_pays: requesterPays, region, stac_api_url: stacApiUrl } = config;
  useKeyVariables(config);
  const areOnDisk = given.some((one) => existsSync(one));
  Object.assign(process.env, await granuleVariables(chosen, config, { areOnDisk }), {
    OUTPUTS_FOLDER: resolve('out', chosen.id, RUN_FILES.outputs),
  });
  const { pipeline } = await handlerIn<GranuleHandler>(pipelineFile(chosen, 'app.ts'));
  const source = hrefSource({ requesterPays, region });
  const sample = sampleOf(chosen.folder, config.source);
  const noted = new Set<string>();
  let isWarned = false;
  const warnOfBug = (reason: string): void => {
    if (isWarned) return;
    isWarned = true;
    process.stderr.write(`warning: parseMessage fails instead of skipping or refusing ${reason}\n`);
  };
  return (given) => {
    const { sourceMap, ...named } = namedGranule(given, { prefix: hrefPrefix, sample });
    const granule = tryFindGranule(given, pipeline, warnOfBug) ?? named;
    return makeGranule(pipeline, granule, {
      source: sourceMap ? mappedSource(source, sourceMap) : source,
      outputs: deployedOutputs(),
      stacApiUrl,
      noted,
      warn: printed(`${granule.href}: warning`),
      info: printed(granule.href),
    });
  };
}

function printed(start: string) {
  return (message: string, fields: LogFields = {}): void => {
    process.stderr.write(`${start}: ${message} ${JSON.stringify(fields)}\n`);
  };
}

async function* hrefsOf(given: readonly string[]): AsyncGenerator<string> {
  for (const href of given) {
    if (href !== '-') yield href;
    else
      for await (const line of linesOf(process.stdin.setEncoding('utf8')))
        if (line.trim() !== '') yield line.trim();
  }
}

await runCommand(command);
