import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { Command } from 'commander';

import { failureOf } from '../lambdas/runtime/errors.js';
import type { GranuleHandler } from '../lambdas/granule-handler.js';
import { hrefSource, mappedSource, type GranuleSource } from '../lambdas/source/href.js';
import { makeItem } from '../lambdas/granule/items.js';
import type { Item } from '../lambdas/stac/stac.js';
import { type PipelineConfig, readPipelineConfig } from '../modules/config/config.js';
import { runCommand } from './shared/command.js';
import { namedGranule, tryFindGranule } from './item-href.js';
import { handlerIn } from './shared/pipeline-code.js';
import { requiredPipeline } from './shared/required-pipeline.js';
import { endQuietlyWithReader, printLine } from './shared/terminal.js';
import { UsageError } from './shared/usage-error.js';

interface ItemOptions {
  readonly hrefPrefix?: string;
}

const command = new Command('item')
  .description('Print the Items of granules as JSON, one a line.')
  .argument('[pipeline]', 'folder in pipelines/')
  .argument(
    '[hrefs...]',
    's3://, https://, a folder or a message; - reads them from stdin, one a line',
  )
  .option(
    '--href-prefix <href>',
    "for a folder: its Item's hrefs begin with this and the folder's name",
  )
  .action(printItems);

async function printItems(
  name: string | undefined,
  given: readonly string[],
  options: ItemOptions,
): Promise<void> {
  const { folder } = requiredPipeline(name);
  if (given.length === 0)
    throw new UsageError('which granule? Give an href or a folder, or - to read them from stdin');
  const maker = await itemMaker(folder, options);
  endQuietlyWithReader();
  for await (const href of hrefsOf(given)) {
    try {
      await printLine(JSON.stringify(await maker(href)));
    } catch (error) {
      process.stderr.write(`${failureOf(error).message}\n`);
      process.exitCode = 1;
    }
  }
}

async function itemMaker(
  folder: string,
  { hrefPrefix }: ItemOptions,
): Promise<(given: string) => Promise<Item>> {
  const config = readPipelineConfig(folder);
  const { pipeline } = await handlerIn<GranuleHandler>(resolve(folder, 'app.ts'));
  const source = sourceOf(config);
  return (given) => {
    const { sourceMap, ...named } = namedGranule(given, hrefPrefix);
    const granule = tryFindGranule(given, pipeline) ?? named;
    return makeItem(pipeline, granule, {
      source: sourceMap ? mappedSource(source, sourceMap) : source,
      stacApiUrl: config.stac_api_url,
      warn: (message, fields) => {
        process.stderr.write(
          `${granule.href}: warning: ${message} ${JSON.stringify(fields ?? {})}\n`,
        );
      },
    });
  };
}

function sourceOf({ requester_pays: requesterPays, region }: PipelineConfig): GranuleSource {
  return hrefSource({ requesterPays, region });
}

async function* hrefsOf(given: readonly string[]): AsyncGenerator<string> {
  for (const href of given) {
    if (href !== '-') yield href;
    else
      for await (const line of createInterface(process.stdin))
        if (line.trim() !== '') yield line.trim();
  }
}

await runCommand(command);
