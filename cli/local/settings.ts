import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import * as z from 'zod/mini';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import type { LocalRunOptions } from '../../local/local-run.js';
import { MAX_RECEIVE } from '../../local/queue/local-queue.js';
import { granuleVariables, pythonBasis, useKeyVariables } from '../python/variables.js';
import { isDebug, type PipelineFolder } from '../shared/command.js';
import { localConfig } from '../shared/local-config.js';
import { bundlePipeline } from '../shared/pipeline-code.js';
import { planInput, type InputOptions, type PlannedPipeline } from './input.js';
import { localTarget, type TargetOptions } from './target.js';

/** Options that decide what a local run does, as opposed to how far it gets. */
export type RunInput = InputOptions & TargetOptions & OutputOptions;

interface OutputOptions {
  /** Whether the hrefs of outputs are paths on disk. @default those that a deployment would have */
  readonly outputsHref?: 'file';
}

export type PreparedRun = Pick<
  LocalRunOptions,
  | 'pipeline'
  | 'collection'
  | 'input'
  | 'inputName'
  | 'basis'
  | 'target'
  | 'batchSize'
  | 'containerFile'
  | 'debug'
  | 'settings'
>;

// Lower than in AWS, because someone is waiting for the run to end.
const MAX_RECEIVE_COUNT = 3;
const RETRY_DELAY_SECONDS = 1;

/** Default number of worker threads. */
export const CONCURRENCY = Math.max(2, availableParallelism());

/**
 * Bundles a pipeline and finds its input. A local run and a redrive of its dead letters both start from this, so that
 * messages meet the same limits again. Throws BundleError, ConfigError, InputError and UsageError.
 */
export async function prepareRun(folder: PipelineFolder, options: RunInput): Promise<PreparedRun> {
  const config = localConfig(folder.folder);
  const target = await localTarget(options);
  useKeyVariables(config);
  const code = await bundlePipeline(folder);
  const pipeline = { folder, config, code, workFolder: dirname(code.appFile) };
  const { input, ...maps } = await planInput(options, pipeline);
  const areOnDisk = maps.sourceMap !== undefined;
  const { outputsHref } = options;
  const environment = await granuleVariables(folder, config, { areOnDisk, outputsHref });
  return {
    pipeline: folder.id,
    collection: code.collection,
    input,
    inputName: inputName(options),
    basis: basisOf(pipeline),
    target,
    batchSize: Math.min(config.batch_size, MAX_RECEIVE),
    containerFile: code.containerFile,
    debug: isDebug(process.env),
    settings: {
      ...settingsOf(pipeline),
      ...maps,
      environment,
    },
  };
}

function settingsOf({ folder, config, code }: PlannedPipeline): LocalRunOptions['settings'] {
  return {
    pipeline: folder.id,
    appFile: code.appFile,
    ...(config.stac_api_url !== undefined && { stacApiUrl: config.stac_api_url }),
    ...(config.code_version !== undefined && { codeVersion: config.code_version }),
    requesterPays: config.requester_pays,
    region: config.region,
    timeoutSeconds: config.timeout_seconds,
    memoryMb: config.memory_mb,
    maxReceiveCount: MAX_RECEIVE_COUNT,
    retryDelaySeconds: RETRY_DELAY_SECONDS,
  };
}

/**
 * What the Items of a run depend on besides its input. The Collection is posted by every run, so that collection.ts may
 * change; other config keys decide only which messages succeed.
 */
function basisOf({ folder, config, code }: PlannedPipeline): Record<string, string> {
  const { source, stac_api_url: api, inventory_location: inventory, code_version } = config;
  const keys = {
    source: source.join(' '),
    stac_api_url: api,
    inventory_location: inventory,
    code_version,
  };
  const given = Object.entries(keys).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    [`the code of ${folder.id}`]: code.hash,
    ...pythonBasis(folder, config),
    ...Object.fromEntries(given.map(([key, value]) => [`${key} in config.yaml`, value])),
  };
}

/** Identifies the input of a run. Two runs with the same name do the same work, however far each one gets. */
function inputName({ granules, messages, inventory, ...options }: RunInput): string {
  const path = (given?: string) => (given?.startsWith('s3://') ? given : given && resolve(given));
  const { hrefPrefix, ingestor, dryRun, outputsHref } = options;
  const paths = [granules, messages, inventory].map(path);
  return JSON.stringify({ paths, hrefPrefix, ingestor, dryRun, outputsHref });
}

const InputNameSchema = z.object({
  paths: z.array(z.nullable(z.string())),
  hrefPrefix: z.exactOptional(z.string()),
  ingestor: z.exactOptional(z.string()),
  dryRun: z.exactOptional(z.literal(true)),
  outputsHref: z.exactOptional(z.literal('file')),
});

/** The options of an earlier run, from the name of its input; undefined if another version of this project wrote it. */
export function tryParseInputName(name: string): RunInput | undefined {
  const parsed = InputNameSchema.safeParse(tryParseJson(name));
  if (!parsed.success) return undefined;
  const { paths, ...rest } = parsed.data;
  const [granules, messages, inventory] = paths;
  return {
    ...rest,
    ...(typeof granules === 'string' && { granules }),
    ...(typeof messages === 'string' && { messages }),
    ...(typeof inventory === 'string' && { inventory }),
  };
}
