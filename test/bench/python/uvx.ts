import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tryFindUv } from '../../../cli/python/uv.js';
import { failureOf } from '../../../lambdas/runtime/errors.js';
import { figure, median, spreadOf, spreadText, type Figures, type Print } from '../figures.js';
import { pipelineMaker, sampleOf, variablesOf } from './pipeline.js';

const PIPELINE = 'landsat_c2_l2';
/** Items of the worker in one round; one process makes one Item. */
const CALLS = 100;

export interface UvxOptions {
  /** Folder for temporary files. */
  readonly folder: string;
  readonly rounds: number;
  readonly print: Print;
}

/**
 * Measures the Item of a Landsat scene as `uvx ... stac landsat create-item` makes it, one process for each Item, and as
 * the pipeline does. The packages of uvx are in its cache after a first run, and no index is asked afterwards.
 *
 * @see https://github.com/developmentseed/eoapi-cdk StactoolsItemGenerator
 */
export async function benchUvx({ folder, rounds, print }: UvxOptions): Promise<Figures> {
  const uvx = await preparedUvx(folder);
  if ('missing' in uvx) print('Item by uvx', `not measured: ${uvx.missing}`);
  const { bucket, key } = sampleOf(PIPELINE, '_MTL.xml');
  const make = pipelineMaker({ variables: await variablesOf(PIPELINE), bucket });
  const granules = Array.from({ length: CALLS }, () => key);
  await make(granules);
  const [own, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    own.push(await make(granules));
    if ('run' in uvx) theirs.push(await uvx.run());
  }
  const ratio = spreadOf(theirs.map((ms, round) => ms / (own[round] ?? NaN)));
  print('Item of a Landsat scene', `${median(own).toFixed(2)} ms`);
  if (ratio !== undefined) {
    print('the same by uvx', `${median(theirs).toFixed(0)} ms: ${spreadText(ratio)}`);
  }
  return {
    uvx_ratio: figure(ratio?.median),
    uvx_ratio_min: figure(ratio?.min),
    uvx_ratio_max: figure(ratio?.max),
    uvx_ms: figure(median(theirs)),
    landsat_ms: figure(median(own)),
  };
}

type Uvx = { readonly run: () => Promise<number> } | { readonly missing: string };

/** Fills the cache of uvx. Returns a function that makes an Item and returns the milliseconds of the process. */
async function preparedUvx(folder: string): Promise<Uvx> {
  const uv = tryFindUv();
  if (uv === undefined) return { missing: 'there is no uv' };
  const run = async (...options: readonly string[]): Promise<number> => {
    const started = performance.now();
    // `uv tool run` is uvx.
    await promisify(execFile)(uv, ['tool', 'run', ...options, ...command(folder)]);
    return performance.now() - started;
  };
  try {
    await run();
  } catch (error) {
    return { missing: `uv cannot install the packages: ${failureOf(error).message}` };
  }
  return { run: () => run('--offline') };
}

function command(folder: string): readonly string[] {
  const packages = ['--from', 'stactools-landsat', '--with-requirements'];
  const { bucket, key } = sampleOf(PIPELINE, '_MTL.xml');
  const create = ['stac', 'landsat', 'create-item', '--mtl', join(bucket, key), '--output', folder];
  return [...packages, join('pipelines', PIPELINE, 'requirements.in'), ...create];
}
