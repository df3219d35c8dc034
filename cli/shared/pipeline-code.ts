import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { unzipSync } from 'fflate';

import type { CollectionHandler } from '../../lambdas/collection-handler.js';
import type { GranuleHandler } from '../../lambdas/granule-handler.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';
import { bundleEntries } from '../../modules/bundling/bundle.js';
import type { PipelineFolder } from './command.js';

/** A pipeline's code, bundled as for Lambda and loaded into this process. */
export interface BundledPipeline {
  readonly appFile: string;
  /** Bundle of local/container/container.ts, which runs the app in a worker thread. */
  readonly containerFile: string;
  readonly app: GranuleHandler;
  readonly collection: CollectionHandler;
  readonly historic: HistoricHandler | undefined;
}

const CONTAINER = 'local/container/container.ts';

/** Bundles a pipeline as for a deployment, into a folder that is deleted when the process exits. Throws BundleError. */
export async function bundlePipeline({ folder }: PipelineFolder): Promise<BundledPipeline> {
  const historic = join(folder, 'historic.ts');
  const [app, collection] = [join(folder, 'app.ts'), join(folder, 'collection.ts')];
  const entries = [app, collection, ...(existsSync(historic) ? [historic] : []), CONTAINER];
  const bundles = await bundleEntries(entries, { root: process.cwd() });
  const target = temporaryFolder();
  const files = new Map<string, string>();
  for (const [entry, { name, zip }] of bundles) {
    for (const [file, content] of Object.entries(unzipSync(zip)))
      writeFileSync(join(target, file), content);
    files.set(entry, join(target, `${name}.mjs`));
  }
  const fileOf = (entry: string): string => files.get(entry) ?? '';
  return {
    appFile: fileOf(app),
    containerFile: fileOf(CONTAINER),
    app: await handlerIn<GranuleHandler>(fileOf(app)),
    collection: await handlerIn<CollectionHandler>(fileOf(collection)),
    historic: files.has(historic) ? await handlerIn<HistoricHandler>(fileOf(historic)) : undefined,
  };
}

/** Imports the handler that a file of a pipeline exports. Throws Error if it exports none. */
export async function handlerIn<Handler>(file: string): Promise<Handler> {
  const { handler } = (await import(pathToFileURL(file).href)) as { readonly handler?: Handler };
  if (handler === undefined) throw new Error(`${file} exports no handler`);
  return handler;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stac-pipelines-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
