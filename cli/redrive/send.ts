import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { failedEntries } from '../../lambdas/queue/queue.js';
import {
  attributeBytes,
  backfillAttributes,
  stringAttributes,
  type MessageAttributes,
} from '../../lambdas/queue/attributes.js';
import { deleteDeadLetters, DeadLetterReader, type ReceivedDeadLetter } from './queue.js';
import { errorText, type FoundQueue } from '../shared/deployed-pipeline.js';
import type { RedriveJournal } from './journal.js';

export interface Redrive {
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
const LANES = 4;

/** Sends the dead letters `ids` of one queue again. Each one is sent, recorded in the journal, and only then deleted. */
export async function redriveQueue(
  source: FoundQueue,
  ids: ReadonlySet<string>,
  redrive: Redrive,
): Promise<RedriveResult> {
  const reader = new DeadLetterReader(source);
  const open = new Set(ids);
  const results: BatchResult[] = [];
  const lane = async (): Promise<void> => {
    while (open.size > 0 && !redrive.isStopped()) {
      const deadLetters = await reader.next();
      if (deadLetters.length === 0) return;
      const wanted = deadLetters.filter(({ id }) => open.delete(id));
      for (const batch of batchesOf(wanted)) {
        const result = await redriveBatch(batch, { ...redrive, source });
        reader.forget(result.deleted);
        results.push(result);
      }
    }
  };
  // A message that a lane is still sending must not become visible, so all lanes end before the release.
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  await reader.release();
  const broken = lanes.find((result) => result.status === 'rejected');
  return {
    ...totalOf(results),
    gone: redrive.isStopped() || broken ? 0 : open.size,
    fault: broken && errorText(broken.reason),
  };
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
  { source, target, journal }: Redrive & { readonly source: FoundQueue },
): Promise<BatchResult> {
  const finished = batch.filter(({ id }) => journal.wasSent(id));
  const toSend = batch.filter((deadLetter) => !finished.includes(deadLetter));
  const maybeTwice = toSend.filter(({ id }) => journal.mayHaveBeenSent(id)).length;
  journal.record('sending', idsOf(toSend));
  const refused = toSend.length === 0 ? [] : await send(target, toSend);
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
function keptAttributes({ correlationId, backfill }: ReceivedDeadLetter): MessageAttributes {
  return {
    ...backfillAttributes(backfill),
    ...(correlationId !== undefined && { correlation_id: correlationId }),
  };
}

/** Sends the unchanged bodies with the attributes that they keep. */
async function send(
  { sqs, url }: FoundQueue,
  deadLetters: readonly ReceivedDeadLetter[],
): Promise<readonly Refused[]> {
  const Entries = deadLetters.map((deadLetter, index) => {
    const MessageAttributes = stringAttributes(keptAttributes(deadLetter));
    const entry = { Id: String(index), MessageBody: deadLetter.body };
    return Object.keys(MessageAttributes).length === 0 ? entry : { ...entry, MessageAttributes };
  });
  const response = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  return failedEntries(Entries, response).map(({ Id, Code, Message }) => ({
    id: deadLetters[Number(Id)]?.id ?? '',
    reason: `${Code ?? 'unknown'}: ${Message ?? ''}`,
  }));
}

function* batchesOf(deadLetters: readonly ReceivedDeadLetter[]): Generator<ReceivedDeadLetter[]> {
  let batch: ReceivedDeadLetter[] = [];
  let bytes = 0;
  for (const deadLetter of deadLetters) {
    const size = Buffer.byteLength(deadLetter.body) + attributeBytes(keptAttributes(deadLetter));
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
