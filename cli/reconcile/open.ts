import { SQSClient } from '@aws-sdk/client-sqs';
import type { GranuleHandler } from '../../lambdas/granule-handler.js';
import { sqsQueue, type MessageQueue } from '../../lambdas/queue/queue.js';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { sendHttp } from '../../lambdas/runtime/http.js';
import { estimateScan, estimateText } from '../backfill/cost.js';
import type { BackfillTarget } from '../backfill/target.js';
import { CommandError, UsageError, type PipelineFolder } from '../shared/command.js';
import { useKeyVariables } from '../python/variables.js';
import { deployedPipeline, findQueue } from '../shared/deployed-pipeline.js';
import { localConfig } from '../shared/local-config.js';
import { handlerIn, pipelineFile } from '../shared/pipeline-code.js';
import { counted } from '../shared/table.js';
import type { PipelineConfig } from '../../modules/config/config.js';
import { parseServiceUrl } from '../../modules/config/values/service-url.js';
import { chunksOf, type ChunkOptions } from './chunks.js';
import type { Reconciliation } from './reconciliation.js';
import { Workspace } from './state.js';

export interface OpenOptions extends ChunkOptions {
  /** Path of an inventory on this machine; undefined for the inventory of the deployment. */
  readonly inventory?: string;
  readonly stacApi?: string;
  readonly pageSize?: number;
  readonly out?: string;
}

/** Thrown for a pipeline whose inventory cannot be compared with a catalogue, whatever they contain. */
export class NotComparableError extends CommandError {
  override readonly name = 'NotComparableError';
}

export interface Opening extends Pick<Reconciliation, 'isStopped' | 'show' | 'signal'> {
  readonly say: (line: string) => void;
}

/**
 * Finds both sides of a comparison. Throws NotComparableError if the pipeline does not say which Item a row makes,
 * UsageError if it has no backfill or does not say where its STAC API is, and PipelineError if there is no inventory.
 */
export async function openReconciliation(
  folder: PipelineFolder,
  options: OpenOptions,
  opening: Opening,
): Promise<Reconciliation> {
  const out = options.out ?? `out/${folder.id}/reconcile`;
  const isLocal = options.inventory !== undefined;
  const config = isLocal ? localConfig(folder.folder) : deployedPipeline(folder).config;
  useKeyVariables(config);
  const api = apiOf(config, options);
  const target = await targetOf(folder, { ...options, out, isStopped: opening.isStopped });
  try {
    checkIdentifies(target);
    const app = await handlerIn<GranuleHandler>(pipelineFile(folder, 'app.ts'));
    const estimate = await estimateScan(target);
    const chunks = chunksOf(options, target, estimate.inventoryDate);
    opening.say(estimateText(estimate, target));
    if (chunks.length > 1 && target.kind === 'aws')
      opening.say(`${counted(chunks.length, 'chunk')}, each with such a query`);
    return {
      ...opening,
      target,
      api,
      chunks,
      collection: app.pipeline.collectionId,
      pageSize: options.pageSize,
      workspace: new Workspace(out),
      send: sendHttp,
      clock: systemClock,
    };
  } catch (error) {
    await target.close();
    throw error;
  }
}

function apiOf({ id, stac_api_url }: PipelineConfig, { stacApi }: OpenOptions): string {
  const url = stacApi ?? stac_api_url;
  if (url === undefined) {
    throw new UsageError(
      `${id} has no stac_api_url in config.yaml: add it, or pass --stac-api <url>, the STAC API that serves its Items`,
    );
  }
  try {
    return parseServiceUrl(url);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--stac-api ${why} (given ${JSON.stringify(url)})`, { cause });
  }
}

function checkIdentifies({ pipeline, historic }: BackfillTarget): void {
  if (historic.pipeline.itemIdOf !== undefined) return;
  throw new NotComparableError(
    `${pipeline} cannot be compared, because it does not say which Item a row of its inventory makes: add itemIdOf to ` +
      'historic.ts, or a group (?<id>...) to granule_pattern. That is possible if a granule makes one Item, and if its ' +
      'id follows from the key (docs/pipelines.md)',
  );
}

interface TargetOptions extends OpenOptions {
  readonly out: string;
  readonly isStopped: () => boolean;
}

/** Imports only what is needed: DuckDB takes a noticeable part of a second to load. */
async function targetOf(
  folder: PipelineFolder,
  { inventory, out, isStopped }: TargetOptions,
): Promise<BackfillTarget> {
  if (inventory !== undefined) {
    const { localBackfill } = await import('../backfill/local-target.js');
    return localBackfill(folder, { inventory, out, chunks: 1, isStopped });
  }
  const { deployedBackfill } = await import('../backfill/aws-target.js');
  return deployedBackfill(deployedPipeline(folder));
}

/** Opens the granule queue of the deployed pipeline. Throws QueueError. */
export async function granuleQueue(folder: PipelineFolder): Promise<MessageQueue> {
  const { config, names } = deployedPipeline(folder);
  const { region } = config;
  const sqs = new SQSClient({ region, requestHandler: AWS_REQUESTS });
  const { url } = await findQueue({ name: names.queue, region }, sqs);
  return sqsQueue(url, sqs);
}
