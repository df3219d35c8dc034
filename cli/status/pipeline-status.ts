import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import type { BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { cursorTable } from '../../lambdas/backfill/cursor-table.js';
import type { DeployedPipeline } from '../shared/deployed-pipeline.js';
import { eventStatuses, eventTexts, type EventQueueStatus } from './events.js';
import { part, valueOf, type Part } from './part.js';
import { deployedConsumption, type Consumption } from '../shared/consumption.js';
import { backfillTexts } from './backfill.js';
import { consumptionTexts } from './consumption.js';
import { functionTexts } from './functions.js';
import { catalogStatus, type CatalogStatus } from './catalog.js';
import { ingestorStatus, type IngestorStatus } from './ingestor.js';
import { failuresOf } from './own-failures.js';
import { queueStatus, type QueueStatus } from './queues.js';
import { lastRunOf, unverifiedText } from './verification.js';
import type { LastRun } from '../../lambdas/verify/progress.js';
import { functionCodes, type FunctionCodes } from '../shared/old-code.js';
import { counted } from '../shared/table.js';

export interface PipelineStatus {
  readonly pipeline: string;
  readonly collection: string;
  readonly functions: Part<FunctionCodes>;
  readonly queue: Part<QueueStatus>;
  /** Whether messages are taken from the queue. */
  readonly consumption: Part<Consumption>;
  /** The age of a message that counts as too old: max_age_minutes of config.yaml. */
  readonly maxAgeMinutes: number;
  readonly deadLetters: Part<QueueStatus>;
  /** undefined if the pipeline has no topic. */
  readonly subscriptionDeadLetters: Part<QueueStatus> | undefined;
  /** The queues of failed events of functions and schedules; those that do not exist are left out. */
  readonly events: readonly EventQueueStatus[];
  readonly ingestor: Part<IngestorStatus>;
  /** undefined if the pipeline has no stac_api_url. */
  readonly catalog: Part<CatalogStatus> | undefined;
  /** undefined if the pipeline has no inventory; the value is undefined if the backfill has not started. */
  readonly backfill: Part<BackfillCursor | undefined> | undefined;
  /** undefined without verify_ingestion; the value is undefined before the first run. */
  readonly verification: Part<LastRun | undefined> | undefined;
}

/** Requests all parts in parallel; if one fails, the others are still shown. */
export async function gatherStatus(
  { id, config, names, topicRegion }: Omit<DeployedPipeline, 'folder'>,
  collection: string,
): Promise<PipelineStatus> {
  const { region, stac_api_url: stacApiUrl, inventory_location: inventory } = config;
  const requests = {
    functions: part(() => functionCodes({ config, names })),
    queue: part(() => queueStatus({ name: names.queue, region })),
    consumption: part(() => deployedConsumption({ config, names }).read()),
    deadLetters: part(() => queueStatus({ name: names.deadLetters, region })),
    subscriptionDeadLetters:
      topicRegion === undefined
        ? undefined
        : part(() => queueStatus({ name: names.subscriptionDeadLetters, region: topicRegion })),
    events: eventStatuses({ config, names }),
    ingestor: part(() =>
      ingestorStatus(config.ingestor_url, collection, failuresOf({ config, names })),
    ),
    catalog:
      stacApiUrl === undefined ? undefined : part(() => catalogStatus(stacApiUrl, collection)),
    backfill:
      inventory === undefined
        ? undefined
        : part(() => readBackfill({ tableName: names.stateTable, pipelineId: id }, region)),
    verification: config.verify_ingestion
      ? part(() => lastRunOf(names.stateTable, region))
      : undefined,
  };
  return {
    pipeline: id,
    collection,
    functions: await requests.functions,
    queue: await requests.queue,
    consumption: await requests.consumption,
    maxAgeMinutes: config.max_age_minutes,
    deadLetters: await requests.deadLetters,
    subscriptionDeadLetters: await requests.subscriptionDeadLetters,
    events: await requests.events,
    ingestor: await requests.ingestor,
    catalog: await requests.catalog,
    backfill: await requests.backfill,
    verification: await requests.verification,
  };
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
    ...functionTexts(status.pipeline, valueOf(status.functions)),
    ...consumptionOf(status, now),
    ...deadLettersOf(status),
    ...failedOf(status),
    ...backfillTexts(valueOf(status.backfill), now),
    ...unverifiedText(valueOf(status.verification), now),
    ...unreachableOf(status).map((what) => `${what} could not be reached`),
  ];
}

function consumptionOf(status: PipelineStatus, now: number): string[] {
  const { consumption, queue } = status;
  return consumptionTexts(
    { ...status, consumption: valueOf(consumption), queue: valueOf(queue) },
    now,
  );
}

function deadLettersOf(status: PipelineStatus): string[] {
  const queues = [status.deadLetters, status.subscriptionDeadLetters].map(valueOf);
  const count = queues.reduce(
    (sum, queue) => sum + (queue ? queue.visible + queue.inFlight : 0),
    0,
  );
  const letters =
    count === 0 ? [] : [`${counted(count, 'dead letter')}: npm run redrive -- ${status.pipeline}`];
  return [...letters, ...eventTexts(status)];
}

function failedOf(status: PipelineStatus): string[] {
  const { failed = [], unseen } = valueOf(status.ingestor) ?? {};
  return [
    ...(failed.length === 0
      ? []
      : [`${counted(failed.length, 'Item')} accepted by the ingestor but not loaded`]),
    ...(unseen === undefined
      ? []
      : [
          'the ingestor lists only the oldest failed loads of all its users, so those of this pipeline may be missing: ' +
            unseen,
        ]),
  ];
}

const PARTS = {
  functions: 'the functions',
  queue: 'the queue',
  consumption: 'the event source mapping or its hold',
  deadLetters: 'the dead-letter queue',
  subscriptionDeadLetters: "the subscription's dead-letter queue",
  ingestor: 'the ingestor',
  catalog: 'the STAC API',
  backfill: 'the backfill',
  verification: 'the verification',
} as const;

function unreachableOf(status: PipelineStatus): string[] {
  return Object.entries(PARTS).flatMap(([name, what]) => {
    const one = status[name as keyof typeof PARTS];
    return one !== undefined && 'error' in one ? [what] : [];
  });
}
