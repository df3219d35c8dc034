import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import { BACKFILL_ATTRIBUTE, ROW_ATTRIBUTE } from '../../lambdas/queue/attributes.js';
import { eventFailure } from './event-failure.js';
import { depthOf, unreadNote, VISIBILITY_SECONDS } from './unread.js';
import { isoTime, malformationOf, type DeadLetter } from './dead-letter.js';
import { CommandError } from '../shared/command.js';
import type { FoundQueue } from '../shared/deployed-pipeline.js';

/** A received dead letter, with the handle to delete or release it. */
export interface ReceivedDeadLetter extends DeadLetter {
  readonly receiptHandle: string;
}

/** Maximum number of messages per request. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const BATCH = 10;
/** Receives at a time. */
export const LANES = 4;
/** Enables long polling: without it, a receive queries only some of the servers of SQS. */
const WAIT_SECONDS = 1;
/** Consecutive receives without a new message after which the queue counts as read. */
const EMPTY_RECEIVES = 2;

/** Reads a queue to its end. Received messages stay invisible to other consumers until release() or the visibility timeout. */
export class DeadLetterReader {
  private readonly seen = new Map<string, ReceivedDeadLetter>();
  private emptyReceives = 0;

  constructor(private readonly queue: FoundQueue) {}

  /** Receives up to ten new dead letters; returns an empty list at the end of the queue. */
  async next(): Promise<ReceivedDeadLetter[]> {
    while (this.emptyReceives < EMPTY_RECEIVES) {
      const deadLetters = await receive(this.queue);
      // A message is received again if reading takes longer than its visibility timeout; only its latest handle is valid.
      const fresh = deadLetters.filter(({ id }) => !this.seen.has(id));
      for (const deadLetter of deadLetters) this.seen.set(deadLetter.id, deadLetter);
      this.emptyReceives = fresh.length === 0 ? this.emptyReceives + 1 : 0;
      if (fresh.length > 0) return fresh;
    }
    return [];
  }

  /** Excludes dead letters from release(), because they have been deleted. */
  forget(deadLetters: readonly ReceivedDeadLetter[]): void {
    for (const { id } of deadLetters) this.seen.delete(id);
  }

  /** Makes the received messages visible again. */
  async release(): Promise<void> {
    await release(this.queue, [...this.seen.values()]);
    this.seen.clear();
  }
}

export interface ListedQueue {
  readonly deadLetters: readonly DeadLetter[];
  /** Why there may be more; undefined if all were read. */
  readonly note: string | undefined;
}

/** Lists the dead letters of a queue, then makes them visible again. */
export async function listDeadLetters(
  queue: FoundQueue,
  isStopped: () => boolean = () => false,
): Promise<ListedQueue> {
  const reader = new DeadLetterReader(queue);
  const { hidden } = await depthOf(queue);
  const all: DeadLetter[] = [];
  const lane = async (): Promise<void> => {
    while (!isStopped()) {
      const deadLetters = await reader.next();
      if (deadLetters.length === 0) return;
      all.push(...deadLetters);
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
    const { visible } = await depthOf(queue);
    const note = unreadNote(queue.name, { read: all.length, hidden, visible });
    return { deadLetters: all, note };
  } finally {
    await reader.release();
  }
}

/** Deletes dead letters. Throws CommandError if SQS rejects a handle. */
export async function deleteDeadLetters(
  { sqs, url }: FoundQueue,
  deadLetters: readonly ReceivedDeadLetter[],
): Promise<void> {
  const Entries = deadLetters.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
  const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  const [first] = Failed;
  if (first)
    throw new CommandError(
      `SQS did not delete ${Failed.length} dead letters: ${first.Message ?? ''}`,
    );
}

async function receive(queue: FoundQueue): Promise<ReceivedDeadLetter[]> {
  const { Messages = [] } = await queue.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: BATCH,
      VisibilityTimeout: VISIBILITY_SECONDS,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages.map((message) => deadLetterOf(message, queue));
}

async function release(
  { sqs, url }: FoundQueue,
  deadLetters: readonly ReceivedDeadLetter[],
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(deadLetters.length / BATCH) }, (_, index) =>
    deadLetters.slice(index * BATCH, (index + 1) * BATCH),
  );
  for (const batch of batches) {
    const Entries = batch.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: 0,
    }));
    // A failed entry needs no retry: its visibility timeout ends soon.
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
  }
}

function deadLetterOf(
  message: Message,
  { name: queue, holdsEvents: isEvent = false }: FoundQueue,
): ReceivedDeadLetter {
  const { Body: body = '', Attributes: system = {} } = message;
  const event = isEvent ? eventFailure(message) : undefined;
  const attribute = (name: string): string | undefined =>
    message.MessageAttributes?.[name]?.StringValue;
  return {
    id: message.MessageId ?? '',
    queue,
    body,
    receiptHandle: message.ReceiptHandle ?? '',
    reason: event?.reason ?? attribute('reason') ?? undeliveredReason(attribute),
    error: event?.error ?? attribute('error') ?? attribute('ErrorCode'),
    kind: attribute('kind'),
    failedAt: isoTime(attribute('failed_at')),
    sentAt: isoTime(attribute('sent_timestamp') ?? system.SentTimestamp),
    itemId: attribute('item_id'),
    correlationId: attribute('correlation_id'),
    receiveCount: Number(attribute('receive_count')) || undefined,
    backfill: attribute(BACKFILL_ATTRIBUTE),
    refusedRow: attribute(ROW_ATTRIBUTE),
    ...(isEvent && { isEvent }),
    malformed: isEvent ? undefined : malformationOf(body),
  };
}

/** The reason of a message that SNS could not deliver. SNS adds these attributes in the subscription's dead-letter queue. */
function undeliveredReason(attribute: (name: string) => string | undefined): string | undefined {
  const code = attribute('ErrorCode');
  if (code === undefined) return undefined;
  return `SNS could not deliver the message to the queue: ${attribute('ErrorMessage') ?? code}`;
}
