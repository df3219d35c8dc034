import { collectionIds } from '../../modules/bundling/shared-collections.js';
import type { PipelineConfig } from '../../modules/config/config.js';
import { CHUNK_SCHEDULE } from '../../modules/config/construct-ids.js';
import { counted } from '../shared/table.js';
import { lastPart, type PlanSummary } from './summary.js';

/** What a plan does not say about a pipeline. */
export interface About {
  /** Undefined if the code does not say it without AWS. */
  readonly collectionId: string | undefined;
  readonly ingestorUrl: string;
  readonly backfill: BackfillPlan | undefined;
}

interface BackfillPlan {
  /** `s3://` */
  readonly inventory: string;
  /** Hours between two chunks; 0 reads everything at once. */
  readonly hours: number;
  readonly chunk: string | undefined;
}

/** Finds it for synthesized pipelines, by their ids. Throws BundleError. @param root folder of the project */
export async function aboutPipelines(
  configs: readonly PipelineConfig[],
  root: string,
): Promise<ReadonlyMap<string, About>> {
  const ids = configs.map(({ id }) => id);
  const found = await collectionIds(ids, root);
  return new Map(configs.map((config) => [config.id, aboutOf(config, found.get(config.id))]));
}

function aboutOf(config: PipelineConfig, collectionId: string | undefined): About {
  const { ingestor_url: ingestorUrl, inventory_location: inventory, initial_chunk: chunk } = config;
  const hours = config.historic_frequency ?? 0;
  const backfill = inventory === undefined ? undefined : { inventory, hours, chunk };
  return { collectionId, ingestorUrl, backfill };
}

/** What is posted where, after "posts the Collection". */
export function collectionText({ collectionId, ingestorUrl }: About): string {
  const id = collectionId === undefined ? '' : ` \`${collectionId}\``;
  return `${id} to ${ingestorUrl}`;
}

/** What the apply starts to backfill; undefined if it starts nothing. */
export function backfillText(
  { backfill: run, changes }: Pick<PlanSummary, 'backfill' | 'changes'>,
  about: About | undefined,
): string | undefined {
  const isScheduled = changes.some(
    ({ type, address, action }) =>
      type === 'aws_scheduler_schedule' &&
      lastPart(address).replace(/\[.*/, '') === CHUNK_SCHEDULE &&
      action === 'create',
  );
  if (run === undefined && !isScheduled) return undefined;
  if (about?.backfill === undefined) return 'The apply starts the backfill';
  const { inventory, hours, chunk } = about.backfill;
  const what = `The apply starts the backfill of \`${inventory}\``;
  if (!isScheduled) return `${what}, all of it at once`;
  return `${what}, from chunk \`${chunk ?? ''}\` on, with a chunk every ${counted(hours, 'hour')}`;
}
