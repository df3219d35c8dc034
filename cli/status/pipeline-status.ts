import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { cursorTable } from '../../lambdas/backfill/cursor-table.js';
import type { DeployedPipeline } from '../shared/deployed-pipeline.js';
import { errorText } from '../shared/queue-url.js';
import { catalogStatus, type CatalogStatus } from './catalog.js';
import { ingestorStatus, type IngestorStatus } from './ingestor.js';
import { queueStatus, type QueueStatus } from './queues.js';
import { counted } from '../shared/table.js';

/** A part of the status, or why there is none. */
export type Part<T> = { readonly value: T } | { readonly error: string };

export interface PipelineStatus {
  readonly pipeline: string;
  readonly collection: string;
  readonly queue: Part<QueueStatus>;
  readonly deadLetters: Part<QueueStatus>;
  /** Parts that are undefined are none of this pipeline's. */
  readonly subscriptionDeadLetters: Part<QueueStatus> | undefined;
  readonly ingestor: Part<IngestorStatus>;
  readonly catalog: Part<CatalogStatus> | undefined;
  /** A value of undefined: not begun. */
  readonly backfill: Part<BackfillCursor | undefined> | undefined;
}

/** Asks everybody at once; who does not answer hides nobody else. */
export async function gatherStatus(
  { id, config, names, topicRegion }: DeployedPipeline,
  collection: string,
): Promise<PipelineStatus> {
  const { region, stac_api_url: stacApiUrl, inventory_location: inventory } = config;
  const asked = {
    queue: part(() => queueStatus({ name: names.queue, region })),
    deadLetters: part(() => queueStatus({ name: names.deadLetters, region })),
    subscriptionDeadLetters:
      topicRegion === undefined
        ? undefined
        : part(() => queueStatus({ name: names.subscriptionDeadLetters, region: topicRegion })),
    ingestor: part(() => ingestorStatus(config.ingestor_url, collection)),
    catalog:
      stacApiUrl === undefined ? undefined : part(() => catalogStatus(stacApiUrl, collection)),
    backfill:
      inventory === undefined
        ? undefined
        : part(() => readBackfill({ tableName: names.stateTable, pipelineId: id }, region)),
  };
  return {
    pipeline: id,
    collection,
    queue: await asked.queue,
    deadLetters: await asked.deadLetters,
    subscriptionDeadLetters: await asked.subscriptionDeadLetters,
    ingestor: await asked.ingestor,
    catalog: await asked.catalog,
    backfill: await asked.backfill,
  };
}

async function part<T>(ask: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { error: errorText(error) };
  }
}

async function readBackfill(
  table: Parameters<typeof cursorTable>[0],
  region: string,
): Promise<BackfillCursor | undefined> {
  const stored = await cursorTable(table, new DynamoDBClient({ region })).read();
  return stored?.cursor;
}

/** What a person has to look at, a sentence each; the exit code of the command goes by it. */
export function attentionOf(status: PipelineStatus): string[] {
  return [
    ...deadLettersOf(status),
    ...failedOf(status),
    ...backfillOf(status),
    ...unreachableOf(status).map((what) => `${what} could not be asked`),
  ];
}

function deadLettersOf(status: PipelineStatus): string[] {
  const queues = [status.deadLetters, status.subscriptionDeadLetters].map(valueOf);
  const count = queues.reduce(
    (sum, queue) => sum + (queue ? queue.visible + queue.inFlight : 0),
    0,
  );
  if (count === 0) return [];
  return [`${counted(count, 'dead letter')}: npm run redrive -- ${status.pipeline}`];
}

function failedOf(status: PipelineStatus): string[] {
  const failed = valueOf(status.ingestor)?.counts.failed.count ?? 0;
  return failed === 0
    ? []
    : [`${counted(failed, 'Item')} that the ingestor took and failed to load`];
}

function backfillOf(status: PipelineStatus): string[] {
  const cursor = valueOf(status.backfill);
  if (cursor?.stage !== 'failed' && cursor?.stage !== 'empty') return [];
  const why = cursor.failure?.message ?? 'the inventory query selected not one row';
  return [`the backfill ${cursor.stage === 'failed' ? 'failed' : 'found nothing'}: ${why}`];
}

const PARTS = {
  queue: 'the queue',
  deadLetters: 'the dead letters',
  subscriptionDeadLetters: "the subscription's dead letters",
  ingestor: 'the ingestor',
  catalog: 'the STAC API',
  backfill: 'the backfill',
} as const;

function unreachableOf(status: PipelineStatus): string[] {
  return Object.entries(PARTS).flatMap(([name, what]) => {
    const one = status[name as keyof typeof PARTS];
    return one !== undefined && 'error' in one ? [what] : [];
  });
}

function valueOf<T>(one: Part<T> | undefined): T | undefined {
  return one !== undefined && 'value' in one ? one.value : undefined;
}

/** In a word or two, for the table. */
export function backfillState(cursor: BackfillCursor): string {
  if (cursor.paused) return 'paused';
  return isUnfinished(cursor) ? `running (${cursor.stage})` : cursor.stage;
}
