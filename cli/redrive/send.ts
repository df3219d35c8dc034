import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { failedEntries } from '../../lambdas/queue/queue.js';
import {
  attributeBytes,
  backfillAttributes,
  FORCE_ATTRIBUTE,
  stringAttributes,
  type MessageAttributes,
} from '../../lambdas/queue/attributes.js';
import type { SendOptions } from './dead-letter.js';
import { deleteDeadLetters, type ReceivedDeadLetter } from './queue.js';
import { takeFrom } from './take.js';
import type { FoundQueue } from '../shared/deployed-pipeline.js';
import type { RedriveJournal } from './journal.js';

export interface Redrive extends SendOptions {
  /** The queue to send to. */
  readonly target: FoundQueue;
  readonly journal: RedriveJournal;
  /** If true, no further batch is started; batches in progress are completed. */
  readonly isStopped: () => boolean;
}

export interface RedriveResult {
  readonly sent: number;
  /** Messages that an interrupted redrive had already sent; they were only deleted. */
  readonly finished: number;
  /** How many of `sent` an interrupted redrive may have sent before. */
  readonly maybeTwice: number;
  /** Messages that were no longer in the dead-letter queue. */
  readonly gone: number;
  readonly refused: readonly Refused[];
  /** Why the redrive stopped early; undefined if it completed. */
  readonly fault: string | undefined;
  /** Messages that failed again, which only a local redrive can tell. */
  readonly failedAgain?: number;
  /** Further lines for the terminal. */
  readonly details?: string;
}

/** Maximum size of one request, bodies and attributes together. */
const MAX_BATCH_BYTES = 262_144;

/** Sends the dead letters `ids` of one queue again. Each one is sent, recorded in the journal, and only then deleted. */
export async function redriveQueue(
  source: FoundQueue,
  ids: ReadonlySet<string>,
  redrive: Redrive,
): Promise<RedriveResult> {
  const { isStopped } = redrive;
  const { results, gone, fault } = await takeFrom(source, ids, {
    isStopped,
    batchesOf: (deadLetters) => batchesOf(deadLetters, redrive),
    take: (batch) => redriveBatch(batch, { ...redrive, source }),
  });
  return { ...totalOf(results), gone, fault };
}

function totalOf(
  results: readonly BatchResult[],
): Omit<RedriveResult, 'gone' | 'fault' | 'failedAgain' | 'details'> {
  const sum = (name: 'sent' | 'finished' | 'maybeTwice') =>
    results.reduce((total, result) => total + result[name], 0);
  return {
    sent: sum('sent'),
    finished: sum('finished'),
    maybeTwice: sum('maybeTwice'),
    refused: results.flatMap(({ refused }) => refused),
  };
}

export interface Refused {
  readonly id: string;
  readonly reason: string;
}

interface BatchResult extends Omit<RedriveResult, 'gone' | 'fault' | 'failedAgain' | 'details'> {
  readonly deleted: readonly ReceivedDeadLetter[];
}

async function redriveBatch(
  batch: readonly ReceivedDeadLetter[],
  { source, target, journal, ...options }: Redrive & { readonly source: FoundQueue },
): Promise<BatchResult> {
  const finished = batch.filter(({ id }) => journal.wasSent(id));
  const toSend = batch.filter((deadLetter) => !finished.includes(deadLetter));
  const maybeTwice = toSend.filter(({ id }) => journal.mayHaveBeenSent(id)).length;
  journal.record('sending', idsOf(toSend));
  const refused = toSend.length === 0 ? [] : await send(target, toSend, options);
  const refusedIds = new Set(refused.map(({ id }) => id));
  const sent = toSend.filter(({ id }) => !refusedIds.has(id));
  journal.record('sent', idsOf(sent));
  journal.record('deleted', [...refusedIds]);
  const deleted = [...finished, ...sent];
  if (deleted.length > 0) await deleteDeadLetters(source, deleted);
  journal.record('deleted', idsOf(deleted));
  return { sent: sent.length, finished: finished.length, maybeTwice, refused, deleted };
}

function idsOf(deadLetters: readonly ReceivedDeadLetter[]): string[] {
  return deadLetters.map(({ id }) => id);
}

/** Returns the attributes that are sent again. The others describe the past failure. */
function keptAttributes(
  { correlationId, backfill }: ReceivedDeadLetter,
  { force = false }: SendOptions,
): MessageAttributes {
  return {
    ...(force && { [FORCE_ATTRIBUTE]: 'true' }),
    ...backfillAttributes(backfill),
    ...(correlationId !== undefined && { correlation_id: correlationId }),
  };
}

/** Sends the unchanged bodies with the attributes that they keep. */
async function send(
  { sqs, url }: FoundQueue,
  deadLetters: readonly ReceivedDeadLetter[],
  options: SendOptions,
): Promise<readonly Refused[]> {
  const Entries = deadLetters.map((deadLetter, index) => {
    const MessageAttributes = stringAttributes(keptAttributes(deadLetter, options));
    const entry = { Id: String(index), MessageBody: deadLetter.body };
    return Object.keys(MessageAttributes).length === 0 ? entry : { ...entry, MessageAttributes };
  });
  const response = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  return failedEntries(Entries, response).map(({ Id, Code, Message }) => ({
    id: deadLetters[Number(Id)]?.id ?? '',
    reason: `${Code ?? 'unknown'}: ${Message ?? ''}`,
  }));
}

function* batchesOf(
  deadLetters: readonly ReceivedDeadLetter[],
  options: SendOptions,
): Generator<ReceivedDeadLetter[]> {
  let batch: ReceivedDeadLetter[] = [];
  let bytes = 0;
  for (const deadLetter of deadLetters) {
    const size =
      Buffer.byteLength(deadLetter.body) + attributeBytes(keptAttributes(deadLetter, options));
    if (batch.length > 0 && bytes + size > MAX_BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(deadLetter);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
