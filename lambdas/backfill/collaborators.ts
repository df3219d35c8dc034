import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { athenaEngine } from '../inventory/athena.js';
import type { CursorStore } from './cursor.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import { cursorTable } from './cursor-table.js';
import { optionalEnv, requiredEnv } from '../runtime/env.js';
import { settingsFromEnv, type BackfillSettings } from './settings.js';
import { jsonLog, type Log } from '../runtime/log.js';
import { embeddedMetrics, type Meter } from '../runtime/metrics.js';
import { once } from '../runtime/once.js';
import { s3Objects, type ObjectReader } from '../inventory/objects.js';
import type { QueryEngine } from '../inventory/engine.js';
import { DEFAULT_MAX_BYTES } from '../queue/limits.js';
import { sqsQueue, type MessageQueue } from '../queue/queue.js';

/**
 * The event of the historic function.
 * - run: starts what is due. Sent by the deployment (historic_frequency 0) and by the schedule (every n hours).
 * - continue: continues what is unfinished, a repost too. Sent by the resume schedule and by the function itself.
 * - repost: starts the repost whose cursor `npm run backfill -- <pipeline> repost` has written.
 * - continue-repost: continues the repost. Sent by the function itself.
 */
export interface BackfillEvent {
  readonly action: (typeof ACTIONS)[number];
  /** With run: number of chunks that follow each other without the schedule. @default 1 */
  readonly chunks?: number | 'all' | undefined;
}

export const ACTIONS = ['run', 'continue', 'repost', 'continue-repost'] as const;

/** Everything a backfill uses outside the pipeline itself: AWS, or stand-ins for it. */
export interface BackfillCollaborators {
  readonly settings: BackfillSettings;
  readonly engine: QueryEngine;
  readonly objects: ObjectReader;
  readonly queue: MessageQueue;
  /** Takes a dead letter for each row that was refused. */
  readonly deadLetters: MessageQueue;
  readonly cursors: CursorStore;
  /** Storage of the cursor of a repost, which runs beside the backfill. Undefined if there can be none. */
  readonly reposts?: CursorStore | undefined;
  /** Invokes the function again, asynchronously. */
  readonly invokeSelf: (event: BackfillEvent) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** Bytes of the result that are read and sent per write of the cursor, and so repeated after a kill. */
  readonly pageBytes: number;
  /** Number of batches sent to the queue concurrently. */
  readonly parallelBatches: number;
}

/** About 10,000 rows, which take about a second to send. */
export const PAGE_BYTES = 1024 * 1024;
export const PARALLEL_BATCHES = 24;

/** The collaborators of a deployed function, built from its environment on the container's first invocation. */
export const deployedBackfillCollaborators = once((): BackfillCollaborators => ({
  settings: settingsFromEnv(),
  engine: athenaEngine({
    workGroup: requiredEnv('WORKGROUP'),
    database: requiredEnv('DATABASE'),
    table: requiredEnv('INVENTORY_TABLE'),
  }),
  objects: s3Objects({ requesterPays: optionalEnv('REQUESTER_PAYS') === 'true' }),
  queue: sqsQueue(requiredEnv('QUEUE_URL')),
  deadLetters: deadLetterQueue(requiredEnv('DEAD_LETTERS_URL')),
  ...cursorTables(),
  invokeSelf: selfInvoker(
    requiredEnv('AWS_LAMBDA_FUNCTION_NAME'),
    new LambdaClient({ requestHandler: AWS_REQUESTS }),
  ),
  clock: systemClock,
  log: jsonLog(),
  meter: embeddedMetrics(),
  pageBytes: PAGE_BYTES,
  parallelBatches: PARALLEL_BATCHES,
}));

function cursorTables(): Pick<BackfillCollaborators, 'cursors' | 'reposts'> {
  const place = { tableName: requiredEnv('TABLE_NAME'), pipelineId: requiredEnv('PIPELINE') };
  const table = new DynamoDBClient({ requestHandler: AWS_REQUESTS });
  return {
    cursors: cursorTable(place, table),
    reposts: cursorTable({ ...place, of: 'repost' }, table),
  };
}

/** Does not ask for the size limit: dead letters of rows are small, and the function may only send to this queue. */
function deadLetterQueue(url: string): MessageQueue {
  return { ...sqsQueue(url), maxBytes: () => Promise.resolve(DEFAULT_MAX_BYTES) };
}

export function selfInvoker(
  functionName: string,
  client: Pick<LambdaClient, 'send'>,
): BackfillCollaborators['invokeSelf'] {
  return async (event) => {
    const Payload = JSON.stringify(event);
    const request = { FunctionName: functionName, InvocationType: 'Event' as const, Payload };
    await client.send(new InvokeCommand(request));
  };
}
