import { SQSClient } from '@aws-sdk/client-sqs';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { NO_REASON, timeOf, type DeadLetter } from '../redrive/dead-letter.js';
import { listDeadLetters, type ListedQueue } from '../redrive/queue.js';
import { findQueue, type QueueAddress } from '../shared/deployed-pipeline.js';
import type { SourceName, TraceEvent } from './event.js';
import type { Source } from './source.js';
import { aboutOf, isBodyAbout, mentions, type TraceSubject } from './subject.js';

export type ListLetters = (isStopped: () => boolean) => Promise<ListedQueue>;

/** Reads a dead-letter queue as `redrive` does: its messages are invisible to others meanwhile. */
export function listIn(address: QueueAddress): ListLetters {
  return async (isStopped) => {
    const sqs = new SQSClient({ region: address.region, requestHandler: AWS_REQUESTS });
    return listDeadLetters(await findQueue(address, sqs), isStopped);
  };
}

/** The dead letters of one queue. It is read once, and matched again with what other sources find out. */
export function deadLetters(name: SourceName, list: ListLetters): Source {
  let reading: Promise<ListedQueue & { readonly isCut: boolean }> | undefined;
  const read = async (deadline: number) => {
    let isCut = false;
    const listed = await list(() => {
      isCut ||= Date.now() >= deadline;
      return isCut;
    });
    return { ...listed, isCut };
  };
  return {
    name,
    wants: wordsOf,
    ask: async ({ subject, deadline }) => {
      const { deadLetters: all, note, isCut } = await (reading ??= read(deadline));
      const events = all.filter((one) => isAbout(one, subject)).map((one) => eventOf(one, name));
      const cut = isCut
        ? `only ${all.length} dead letters were read in the time: wait longer with --wait <seconds>`
        : undefined;
      return { events, note: cut ?? note };
    },
  };
}

function wordsOf({ texts, itemIds, messageIds }: TraceSubject): string[] {
  return [...texts, ...itemIds, ...messageIds];
}

function isAbout(letter: DeadLetter, subject: TraceSubject): boolean {
  const { itemId, correlationId, id, refusedRow, body } = letter;
  if (itemId !== undefined && subject.itemIds.includes(itemId)) return true;
  if ([id, correlationId ?? ''].some((one) => subject.messageIds.includes(one))) return true;
  return mentions(refusedRow ?? '', subject.texts) || isBodyAbout(body, subject);
}

function eventOf(letter: DeadLetter, source: SourceName): TraceEvent {
  const { itemId, correlationId, kind, receiveCount, refusedRow } = letter;
  const tries = receiveCount === undefined ? '' : `, received ${receiveCount} times`;
  const what =
    refusedRow === undefined
      ? `a message is in the dead letters (${kind ?? 'kind unknown'}${tries})`
      : 'a row of the inventory that the backfill refused is in the dead letters';
  const time = timeOf(letter);
  return {
    source,
    kind: 'dead-letter',
    at: time === '' ? undefined : time,
    what,
    reason: [letter.error, letter.reason ?? NO_REASON].filter(Boolean).join(': '),
    itemIds: itemId === undefined ? undefined : [itemId],
    correlationId,
    about: refusedRow ?? aboutOf(letter.body)[0],
  };
}
