import type { BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { CommandError } from '../shared/command.js';
import type { DeployedPipeline } from '../shared/deployed-pipeline.js';
import { eventStatuses, eventTexts, type EventQueueStatus } from './events.js';
import { isMissing, part, valueOf, type Part } from './part.js';
import { deployedConsumption, type Consumption } from '../shared/consumption.js';
import { backfillTexts, readBackfill, repostTexts } from './backfill.js';
import { consumptionTexts } from './consumption.js';
import { functionTexts } from './functions.js';
import { catalogStatus, type CatalogStatus } from './catalog.js';
import { ingestorStatus, type IngestorStatus } from './ingestor.js';
import { failuresOf } from './own-failures.js';
import { clientsIn, queueStatus, type QueueStatus } from './queues.js';
import { statusReads } from './reads.js';
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
  /** The same for the repost beside the backfill. */
  readonly repost?: Part<BackfillCursor | undefined> | undefined;
  /** undefined without verify_ingestion; the value is undefined before the first run. */
  readonly verification: Part<LastRun | undefined> | undefined;
}

/** Requests all parts in parallel; if one fails, the others are still shown. */
export async function gatherStatus(
  { id, config, names, topicRegion }: Omit<DeployedPipeline, 'folder'>,
  collection: string,
  reads = statusReads(),
): Promise<PipelineStatus> {
  const { clients, countsItems } = reads;
  const { region, stac_api_url: stacApiUrl, inventory_location: inventory } = config;
  const queueIn = (place: string, name: string) =>
    part(() => queueStatus({ name, region: place }, clientsIn(place, clients)));
  const queue = queueIn(region, names.queue);
  const ofService = <T>(ask: () => Promise<T>): Promise<Part<T>> =>
    part(async () => {
      if (!reads.asksForUndeployed && isMissing(await queue))
        throw new CommandError('not asked, because the pipeline is not deployed');
      return ask();
    });
  const requests = {
    functions: part(() => functionCodes({ config, names }, clients.lambda(region))),
    queue,
    consumption: part(() => deployedConsumption({ config, names }, { clients }).read()),
    deadLetters: queueIn(region, names.deadLetters),
    subscriptionDeadLetters:
      topicRegion === undefined ? undefined : queueIn(topicRegion, names.subscriptionDeadLetters),
    events: eventStatuses({ config, names }, clients),
    ingestor: ofService(() =>
      ingestorStatus(config.ingestor_url, collection, {
        reader: reads.ingestions(config.ingestor_url),
        ...failuresOf({ config, names }, reads),
      }),
    ),
    catalog:
      stacApiUrl === undefined
        ? undefined
        : ofService(() => catalogStatus(stacApiUrl, collection, { countsItems })),
    backfill:
      inventory === undefined
        ? undefined
        : part(() =>
            readBackfill({ tableName: names.stateTable, pipelineId: id }, clients.dynamo(region)),
          ),
    repost:
      inventory === undefined
        ? undefined
        : part(() =>
            readBackfill(
              { tableName: names.stateTable, pipelineId: id, of: 'repost' },
              clients.dynamo(region),
            ),
          ),
    verification: config.verify_ingestion
      ? part(() => lastRunOf(names.stateTable, clients.dynamo(region)))
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
    repost: await requests.repost,
    verification: await requests.verification,
  };
}

/** What needs attention, one sentence each. If there is any, the exit code of the command is 1. */
export function attentionOf(status: PipelineStatus, now = Date.now()): string[] {
  return [
    ...functionTexts(status.pipeline, valueOf(status.functions)),
    ...consumptionOf(status, now),
    ...deadLettersOf(status),
    ...failedOf(status),
    ...backfillTexts(valueOf(status.backfill), now),
    ...repostTexts(status.pipeline, valueOf(status.repost)),
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
  const { granules: count } = lettersOf(status);
  const letters =
    count === 0 ? [] : [`${counted(count, 'dead letter')}: npm run redrive -- ${status.pipeline}`];
  return [...letters, ...eventTexts(status)];
}

/** The numbers of dead letters, and of failed events of functions and schedules, in the queues that can be read. */
export function lettersOf(
  status: Pick<PipelineStatus, 'deadLetters' | 'subscriptionDeadLetters' | 'events'>,
): { readonly granules: number; readonly events: number } {
  return {
    granules: lettersIn([status.deadLetters, status.subscriptionDeadLetters]),
    events: lettersIn(status.events.map(({ queue }) => queue)),
  };
}

function lettersIn(queues: readonly (Part<QueueStatus> | undefined)[]): number {
  const counts = queues.map(valueOf).map((queue) => (queue ? queue.visible + queue.inFlight : 0));
  return counts.reduce((sum, count) => sum + count, 0);
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

/** What could not be reached. */
export function unreachableOf(status: PipelineStatus): string[] {
  return Object.entries(PARTS).flatMap(([name, what]) => {
    const one = status[name as keyof typeof PARTS];
    return one !== undefined && 'error' in one ? [what] : [];
  });
}
