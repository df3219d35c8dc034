import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { failedEntries } from '../../lambdas/queue/queue.js';
import { stringAttributes } from '../../lambdas/queue/dead-letters.js';
import { deleteLetters, DeadLetterReader, type TakenLetter } from './queue.js';
import { errorText, type FoundQueue } from '../shared/queue-url.js';
import type { RedriveJournal } from './journal.js';

export interface Redrive {
  /** Where the messages go. */
  readonly target: FoundQueue;
  readonly journal: RedriveJournal;
  /** Nothing further is begun; what was begun is ended. */
  readonly isStopped: () => boolean;
}

export interface RedriveResult {
  readonly sent: number;
  /** Had been sent by a redrive that was interrupted, and only needed deleting. */
  readonly finished: number;
  /** Of `sent`: an interrupted redrive may have sent them before. */
  readonly maybeTwice: number;
  /** Not among the dead letters any more. */
  readonly gone: number;
  readonly refused: readonly Refused[];
  /** What stopped it before its end. */
  readonly fault: string | undefined;
  /** What else there is to tell. */
  readonly details?: string;
}

/** Of one call, bodies and attributes together. */
const MAX_BATCH_BYTES = 262_144;
const ATTRIBUTE_BYTES = 256;
const LANES = 4;

/** Sends the dead letters `ids` of one queue again. Each is sent, noted and only then deleted. */
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
      const letters = await reader.next();
      if (letters.length === 0) return;
      const wanted = letters.filter(({ id }) => open.delete(id));
      for (const batch of batchesOf(wanted)) {
        const result = await redriveBatch(batch, { ...redrive, source });
        reader.forget(result.deleted);
        results.push(result);
      }
    }
  };
  // All lanes end before anything is released: what one of them still sends must not become visible.
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
): Omit<RedriveResult, 'gone' | 'fault' | 'details'> {
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

interface BatchResult extends Omit<RedriveResult, 'gone' | 'fault' | 'details'> {
  readonly deleted: readonly TakenLetter[];
}

async function redriveBatch(
  batch: readonly TakenLetter[],
  { source, target, journal }: Redrive & { readonly source: FoundQueue },
): Promise<BatchResult> {
  const finished = batch.filter(({ id }) => journal.wasSent(id));
  const toSend = batch.filter((letter) => !finished.includes(letter));
  const maybeTwice = toSend.filter(({ id }) => journal.mayHaveBeenSent(id)).length;
  journal.note('sending', idsOf(toSend));
  const refused = toSend.length === 0 ? [] : await send(target, toSend);
  const refusedIds = new Set(refused.map(({ id }) => id));
  const sent = toSend.filter(({ id }) => !refusedIds.has(id));
  journal.note('sent', idsOf(sent));
  journal.note('deleted', [...refusedIds]);
  const deleted = [...finished, ...sent];
  if (deleted.length > 0) await deleteLetters(source, deleted);
  journal.note('deleted', idsOf(deleted));
  return { sent: sent.length, finished: finished.length, maybeTwice, refused, deleted };
}

function idsOf(letters: readonly TakenLetter[]): string[] {
  return letters.map(({ id }) => id);
}

/** The body as it is, and of the attributes only the correlation id: the reason belongs to the past. */
async function send(
  { sqs, url }: FoundQueue,
  letters: readonly TakenLetter[],
): Promise<readonly Refused[]> {
  const Entries = letters.map(({ body, correlationId }, index) => ({
    Id: String(index),
    MessageBody: body,
    ...(correlationId !== undefined && {
      MessageAttributes: stringAttributes({ correlation_id: correlationId }),
    }),
  }));
  const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  return failedEntries(Entries, answer).map(({ Id, Code, Message }) => ({
    id: letters[Number(Id)]?.id ?? '',
    reason: `${Code ?? 'unknown'}: ${Message ?? ''}`,
  }));
}

function* batchesOf(letters: readonly TakenLetter[]): Generator<TakenLetter[]> {
  let batch: TakenLetter[] = [];
  let bytes = 0;
  for (const letter of letters) {
    const size = Buffer.byteLength(letter.body) + ATTRIBUTE_BYTES;
    if (batch.length > 0 && bytes + size > MAX_BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(letter);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
