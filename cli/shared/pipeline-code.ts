import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';

import { unzipSync } from 'fflate';

import type { CollectionHandler } from '../../lambdas/collection-handler.js';
import type { GranuleHandler } from '../../lambdas/granule-handler.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { failureOf } from '../../lambdas/runtime/errors.js';
import { UnexpectedError } from '../../lambdas/runtime/unexpected.js';
import type { MessageParser } from '../../local/input/round-trip.js';
import { bundleEntries } from '../../modules/bundling/bundle.js';
import { checkExports } from '../../modules/bundling/check-code.js';
import { entryOf, FACTORIES, tryEntryOf, type FileName } from '../../modules/bundling/entries.js';
import { ConfigError } from '../../modules/config/values/error.js';
import type { PipelineFolder } from './command.js';

/** A pipeline's code, bundled as for Lambda and loaded into this process. */
export interface BundledPipeline {
  readonly appFile: string;
  /** Bundle of local/container/container.ts, which runs the app in a worker thread. */
  readonly containerFile: string;
  readonly app: GranuleHandler;
  readonly collection: CollectionHandler;
  readonly historic: HistoricHandler | undefined;
  /** SHA-256 of the bundled JavaScript of app.ts and historic.ts, with all that they import. */
  readonly hash: string;
}

const CONTAINER = 'local/container/container.ts';

/**
 * Bundles a pipeline as for a deployment, into a folder that is deleted when the process exits. Throws BundleError, and
 * ConfigError if its files do not fit together.
 */
export async function bundlePipeline(pipeline: PipelineFolder): Promise<BundledPipeline> {
  const root = process.cwd();
  await checkPipelineCode(pipeline);
  const [app, collection] = [
    pipelineFile(pipeline, 'app.ts'),
    pipelineFile(pipeline, 'collection.ts'),
  ];
  const historic = tryEntryOf(root, pipeline.id, 'historic.ts');
  const entries = [app, collection, ...(historic === undefined ? [] : [historic]), CONTAINER];
  const bundles = await bundleEntries(entries, { root });
  const target = temporaryFolder();
  const files = new Map<string, string>();
  for (const [entry, { name, zip }] of bundles) {
    for (const [file, content] of Object.entries(unzipSync(zip)))
      writeFileSync(join(target, file), content);
    files.set(entry, join(target, `${name}.mjs`));
  }
  const code = [app, historic ?? ''].flatMap((entry) => files.get(entry) ?? []);
  const fileOf = (entry: string): string => files.get(entry) ?? '';
  return {
    appFile: fileOf(app),
    containerFile: fileOf(CONTAINER),
    app: await handlerIn<GranuleHandler>(fileOf(app), app),
    collection: await handlerIn<CollectionHandler>(fileOf(collection), collection),
    historic:
      historic === undefined
        ? undefined
        : await handlerIn<HistoricHandler>(fileOf(historic), historic),
    hash: hashOf(code),
  };
}

/** Checks what the files of a pipeline export. An inventory may be given on the command line. Throws ConfigError and BundleError. */
export async function checkPipelineCode({ id }: Pick<PipelineFolder, 'id'>): Promise<void> {
  await checkExports([{ id, hasInventory: undefined }], process.cwd());
}

/** Hashes files without their source maps: a comment or a type changes nothing that runs. */
function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Returns the path of a file of a pipeline, or of the generated file that takes its place. Throws ConfigError. */
export function pipelineFile({ id, folder }: PipelineFolder, name: FileName): string {
  const own = join(folder, name);
  return existsSync(own) ? own : entryOf(process.cwd(), id, name);
}

/** Imports the pipeline of app.ts, to see which messages it knows. */
export async function parserIn(pipeline: PipelineFolder): Promise<MessageParser> {
  return (await handlerIn<GranuleHandler>(pipelineFile(pipeline, 'app.ts'))).pipeline;
}

/**
 * Imports the handler that a file of a pipeline exports. Throws ConfigError if the file does not exist, cannot be compiled
 * or exports none, and UnexpectedError if it cannot be loaded.
 *
 * @param file app.ts, collection.ts or historic.ts, unless `shown` is
 * @param shown what errors call the file
 */
export async function handlerIn<Handler extends object>(
  file: string,
  shown = relative('', file),
): Promise<Handler> {
  const name = basename(shown) as FileName;
  const needed = `it must contain 'export const handler = ${FACTORIES[name]}'`;
  if (!existsSync(file)) throw new ConfigError([`${shown} is missing: ${needed}`]);
  const { handler } = await load<{ readonly handler?: Handler }>(file, shown);
  if (handler === undefined) throw new ConfigError([`${shown} exports no handler: ${needed}`]);
  // A value that is not an object has no such property either.
  if (PROPERTIES[name] in Object(handler)) return handler;
  throw new ConfigError([`${shown} exports another kind of handler: ${needed}`]);
}

/** A property that the handler of each file has. */
const PROPERTIES: Readonly<Record<FileName, string>> = {
  'app.ts': 'pipeline',
  'collection.ts': 'createCollection',
  'historic.ts': 'pipeline',
};

async function load<Exports>(file: string, shown: string): Promise<Exports> {
  try {
    return (await import(pathToFileURL(file).href)) as Exports;
  } catch (thrown) {
    const cause = nativeError(thrown);
    const text = syntaxErrors(failureOf(cause).message);
    if (text !== undefined) throw new ConfigError(inProject(text).split('\n'), { cause });
    const error = new UnexpectedError(`${shown} cannot be loaded`, cause);
    error.message = inProject(error.message);
    throw error;
  }
}

/** Errors of tsx come from another thread and are plain objects with the prototype of Error. */
function nativeError(thrown: unknown): unknown {
  if (types.isNativeError(thrown) || !(thrown instanceof Error)) return thrown;
  const { name, message, stack }: Error = thrown;
  return Object.assign(new Error(message), { name, stack });
}

/** Returns the lines that name a place, of the message for a file that tsx cannot compile. */
function syntaxErrors(message: string): string | undefined {
  const [, lines] = /^Transform failed with \d+ errors?:\n(.*)$/s.exec(message) ?? [];
  // esbuild counts columns from 0, editors from 1.
  return lines?.replaceAll(
    /:(\d+):(\d+): ERROR: /g,
    (_, line: string, column: string) => `:${line}:${Number(column) + 1}: `,
  );
}

function inProject(text: string): string {
  return text.replaceAll(`file://${process.cwd()}/`, '').replaceAll(`${process.cwd()}/`, '');
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stac-pipelines-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
