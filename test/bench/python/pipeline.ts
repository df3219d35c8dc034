import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { granuleVariables } from '../../../cli/python/variables.js';
import { makeGranule } from '../../../lambdas/granule/items.js';
import { folderStore } from '../../../lambdas/outputs/folder-store.js';
import { pythonItem } from '../../../lambdas/python/item.js';
import { mapLimited } from '../../../lambdas/runtime/retry.js';
import { hrefSource, joinHref, mappedSource } from '../../../lambdas/source/href.js';
import { readPipelineConfig } from '../../../modules/config/config.js';

/** Messages that a function works on at a time. */
const BATCH = 10;

interface PipelineOptions {
  /** Environment variables of the function that makes the Items. */
  readonly variables: Readonly<Record<string, string>>;
  /** The folder that stands in for the bucket of the granules. */
  readonly bucket: string;
  /** Folder for cloud-optimized copies. @default none are made */
  readonly outputs?: string;
}

/** Returns the variables of a pipeline of this project. Installs its packages if necessary. Throws CommandError. */
export function variablesOf(id: string): Promise<Readonly<Record<string, string>>> {
  const folder = join('pipelines', id);
  return granuleVariables({ id, folder }, readPipelineConfig(folder), { areOnDisk: true });
}

const BUCKET = 's3://bucket/';

/**
 * Returns a function that makes the Items of keys as the function in AWS does, in batches and with the worker, and returns
 * the milliseconds per Item. A folder stands in for the bucket, and nothing is posted.
 */
export function pipelineMaker({
  variables,
  bucket,
  outputs: folder,
}: PipelineOptions): (keys: readonly string[]) => Promise<number> {
  Object.assign(process.env, variables);
  const pipeline = { collectionId: 'bench', createItem: pythonItem() };
  const onDisk = { from: BUCKET, to: joinHref(resolve(bucket), '') };
  const source = mappedSource(hrefSource({ requesterPays: false }), onDisk);
  const outputs =
    folder === undefined
      ? undefined
      : folderStore({ folder, outputs: 's3://bucket/bench', hrefsAreFiles: false });
  const context = { source, outputs, noted: new Set<string>(), warn: () => undefined };
  return async (keys) => {
    const started = performance.now();
    const made = await mapLimited(keys, BATCH, (key) =>
      makeGranule(pipeline, { href: `${BUCKET}${key}` }, context),
    );
    for (const one of made) if (one.status === 'rejected') throw one.reason;
    return (performance.now() - started) / keys.length;
  };
}

/** Returns the folder that stands in for the bucket of a pipeline of this project, and a key in it. */
export function sampleOf(id: string, ending: string): { bucket: string; key: string } {
  const bucket = resolve('pipelines', id, 'sample/bucket');
  const keys = readdirSync(bucket, { recursive: true, encoding: 'utf8' });
  const key = keys.find((one) => one.endsWith(ending));
  if (key === undefined) throw new Error(`${bucket} has no file that ends with ${ending}`);
  return { bucket, key };
}
