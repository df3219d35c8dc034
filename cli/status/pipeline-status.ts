import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { isUnfinished, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { countsText } from '../../lambdas/backfill/run.js';
import { cursorTable } from '../../lambdas/backfill/cursor-table.js';
import { type DeployedPipeline, errorText } from '../shared/deployed-pipeline.js';
import { catalogStatus, type CatalogStatus } from './catalog.js';
import { ingestorStatus, type IngestorStatus } from './ingestor.js';
import { queueStatus, type QueueStatus } from './queues.js';
import { counted } from '../shared/table.js';

/** A part of the status, or the error of its request. */
export type Part<T> = { readonly value: T } | { readonly error: string };

export interface PipelineStatus {
  readonly pipeline: string;
  readonly collection: string;
  readonly queue: Part<QueueStatus>;
  readonly deadLetters: Part<QueueStatus>;
  /** undefined if the pipeline has no topic. */
  readonly subscriptionDeadLetters: Part<QueueStatus> | undefined;
  readonly ingestor: Part<IngestorStatus>;
  /** undefined if the pipeline has no stac_api_url. */
  readonly catalog: Part<CatalogStatus> | undefined;
  /** undefined if the pipeline has no inventory; the value is undefined if the backfill has not started. */
  readonly backfill: Part<BackfillCursor | undefined> | undefined;
}

/** Requests all parts in parallel; if one fails, the others are still shown. */
export async function gatherStatus(
  { id, config, names, topicRegion }: DeployedPipeline,
  collection: string,
): Promise<PipelineStatus> {
  const { region, stac_api_url: stacApiUrl, inventory_location: inventory } = config;
  const requests = {
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
    queue: await requests.queue,
    deadLetters: await requests.deadLetters,
    subscriptionDeadLetters: await requests.subscriptionDeadLetters,
    ingestor: await requests.ingestor,
    catalog: await requests.catalog,
    backfill: await requests.backfill,
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
  const stored = await cursorTable(
    table,
    new DynamoDBClient({ region, requestHandler: AWS_REQUESTS }),
  ).read();
  return stored?.cursor;
}

/** What needs attention, one sentence each. If there is any, the exit code of the command is 1. */
export function attentionOf(status: PipelineStatus, now = Date.now()): string[] {
  return [
    ...deadLettersOf(status),
    ...failedOf(status),
    ...backfillOf(status, now),
    ...unreachableOf(status).map((what) => `${what} could not be reached`),
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
  return failed === 0 ? [] : [`${counted(failed, 'Item')} accepted by the ingestor but not loaded`];
}

function backfillOf(status: PipelineStatus, now: number): string[] {
  const cursor = valueOf(status.backfill);
  if (cursor?.waitingFor !== undefined)
    return isOverdue(cursor, now) ? [overdueText(cursor.waitingFor)] : [];
  if (cursor?.stage !== 'failed' && cursor?.stage !== 'empty') return [];
  const { failure, totals } = cursor;
  const nothing = totals.rows === 0 ? 'the inventory query selected no rows' : countsText(totals);
  const why = failure?.message ?? nothing;
  return [`the backfill ${cursor.stage === 'failed' ? 'failed' : 'found nothing'}: ${why}`];
}

const PARTS = {
  queue: 'the queue',
  deadLetters: 'the dead-letter queue',
  subscriptionDeadLetters: "the subscription's dead-letter queue",
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

function overdueText(missing: string): string {
  return `the backfill has waited for its inventory for more than 48 hours: ${missing}; check inventory_location`;
}

/** S3 writes the first report up to 48 hours after an inventory is configured. */
const OVERDUE_MS = 48 * 3_600_000;

/** Whether a backfill has waited for its inventory longer than S3 takes to write the first report. */
export function isOverdue({ waitingFor, startedAt }: BackfillCursor, now: number): boolean {
  return waitingFor !== undefined && now - Date.parse(startedAt) > OVERDUE_MS;
}

/** The state of a backfill in a word or two. */
export function backfillState(cursor: BackfillCursor): string {
  if (cursor.paused) return 'paused';
  return isUnfinished(cursor) ? `running (${cursor.stage})` : cursor.stage;
}
