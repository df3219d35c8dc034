import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { athenaEngine } from '../inventory/athena.js';
import type { CursorStore } from './cursor.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import { cursorTable } from './cursor-table.js';
import { optionalEnv, requiredEnv } from '../runtime/env.js';
import { settingsFromEnv, type HistoricSettings } from './settings.js';
import { jsonLog, type Log } from '../runtime/log.js';
import { once } from '../runtime/once.js';
import { s3Objects, type ObjectReader } from '../inventory/objects.js';
import type { QueryEngine } from '../inventory/engine.js';
import { sqsQueue, type MessageQueue } from '../queue/queue.js';

/**
 * What invokes the historic function.
 * - run: begins what is due. Sent by the deployment (frequency 0) and by the schedule (every n hours).
 * - continue: goes on with what is unfinished. Sent by the keeper schedule and by the function itself.
 */
export interface HistoricEvent {
  readonly action: 'run' | 'continue';
}

export interface HistoricCollaborators {
  readonly settings: HistoricSettings;
  readonly engine: QueryEngine;
  readonly objects: ObjectReader;
  readonly queue: MessageQueue;
  readonly cursors: CursorStore;
  /** Has the function run again, without waiting for it. */
  readonly invokeSelf: (event: HistoricEvent) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the result that are read and sent before the cursor moves: what a killed run repeats at most. */
  readonly pageBytes: number;
  /** Batches under way to the queue at the same time. */
  readonly parallelBatches: number;
}

/** About 10,000 rows, a second of sending. */
export const PAGE_BYTES = 1024 * 1024;
export const PARALLEL_BATCHES = 24;

/** The collaborators of a deployed function, built from its environment on the container's first invocation. */
export const deployedHistoricCollaborators = once((): HistoricCollaborators => ({
  settings: settingsFromEnv(),
  engine: athenaEngine({
    workGroup: requiredEnv('WORKGROUP'),
    database: requiredEnv('DATABASE'),
    table: requiredEnv('INVENTORY_TABLE'),
  }),
  objects: s3Objects({ requesterPays: optionalEnv('REQUESTER_PAYS') === 'true' }),
  queue: sqsQueue(requiredEnv('QUEUE_URL')),
  cursors: cursorTable(requiredEnv('TABLE_NAME'), new DynamoDBClient({})),
  invokeSelf: selfInvoker(requiredEnv('AWS_LAMBDA_FUNCTION_NAME'), new LambdaClient({})),
  clock: systemClock,
  log: jsonLog(),
  pageBytes: PAGE_BYTES,
  parallelBatches: PARALLEL_BATCHES,
}));

export function selfInvoker(
  functionName: string,
  client: Pick<LambdaClient, 'send'>,
): HistoricCollaborators['invokeSelf'] {
  return async (event) => {
    const Payload = JSON.stringify(event);
    const request = { FunctionName: functionName, InvocationType: 'Event' as const, Payload };
    await client.send(new InvokeCommand(request));
  };
}
