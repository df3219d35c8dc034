import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import { isoTime, malformationOf, type DeadLetter } from './dead-letter.js';
import type { FoundQueue } from '../shared/queue-url.js';

/** A dead letter with the handle by which it can be deleted or released. */
export interface TakenLetter extends DeadLetter {
  readonly receiptHandle: string;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const BATCH = 10;
/** A command that is killed leaves what it had read invisible for so long. */
export const VISIBILITY_SECONDS = 120;
const LANES = 4;
/** SQS asks only some of its servers, unless a receive waits. */
const WAIT_SECONDS = 1;
/** Receives in a row that bring nothing new, before the queue counts as read. */
const EMPTY_RECEIVES = 2;

/** Reads a queue to its end; what was read stays invisible to others until it is released or time is up. */
export class DeadLetterReader {
  private readonly seen = new Map<string, TakenLetter>();
  private emptyReceives = 0;

  constructor(private readonly queue: FoundQueue) {}

  /** Up to ten letters that were not seen before; an empty list at the end. */
  async next(): Promise<TakenLetter[]> {
    while (this.emptyReceives < EMPTY_RECEIVES) {
      const letters = await receive(this.queue);
      // A letter comes again when reading took longer than its visibility: its last handle is the good one.
      const fresh = letters.filter(({ id }) => !this.seen.has(id));
      for (const letter of letters) this.seen.set(letter.id, letter);
      this.emptyReceives = fresh.length === 0 ? this.emptyReceives + 1 : 0;
      if (fresh.length > 0) return fresh;
    }
    return [];
  }

  /** Deleted ones are not to be released. */
  forget(letters: readonly TakenLetter[]): void {
    for (const { id } of letters) this.seen.delete(id);
  }

  /** Makes everything that was read and not forgotten visible again. */
  async release(): Promise<void> {
    await release(this.queue, [...this.seen.values()]);
    this.seen.clear();
  }
}

/** All dead letters of a queue; they are visible to others again afterwards. */
export async function listLetters(
  queue: FoundQueue,
  isStopped: () => boolean = () => false,
): Promise<DeadLetter[]> {
  const reader = new DeadLetterReader(queue);
  const all: DeadLetter[] = [];
  const lane = async (): Promise<void> => {
    while (!isStopped()) {
      const letters = await reader.next();
      if (letters.length === 0) return;
      all.push(...letters);
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    await reader.release();
  }
  return all;
}

/** Throws when the queue refuses to delete one, which SQS never does for a good handle. */
export async function deleteLetters(
  { sqs, url }: FoundQueue,
  letters: readonly TakenLetter[],
): Promise<void> {
  const Entries = letters.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
  const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  const [first] = Failed;
  if (first)
    throw new Error(`${Failed.length} dead letters were not deleted: ${first.Message ?? ''}`);
}

async function receive(queue: FoundQueue): Promise<TakenLetter[]> {
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
  return Messages.map((message) => letterOf(message, queue.name));
}

async function release({ sqs, url }: FoundQueue, letters: readonly TakenLetter[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(letters.length / BATCH) }, (_, index) =>
    letters.slice(index * BATCH, (index + 1) * BATCH),
  );
  for (const batch of batches) {
    const Entries = batch.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: 0,
    }));
    // One that cannot be released becomes visible by itself.
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
  }
}

function letterOf(message: Message, queue: string): TakenLetter {
  const { Body: body = '', Attributes: system = {} } = message;
  const attribute = (name: string): string | undefined =>
    message.MessageAttributes?.[name]?.StringValue;
  return {
    id: message.MessageId ?? '',
    queue,
    body,
    receiptHandle: message.ReceiptHandle ?? '',
    reason: attribute('reason') ?? undeliveredReason(attribute),
    error: attribute('error') ?? attribute('ErrorCode'),
    kind: attribute('kind'),
    failedAt: isoTime(attribute('failed_at')),
    sentAt: isoTime(attribute('sent_timestamp') ?? system.SentTimestamp),
    itemId: attribute('item_id'),
    correlationId: attribute('correlation_id'),
    receiveCount: Number(attribute('receive_count')) || undefined,
    malformed: malformationOf(body),
  };
}

/** SNS puts what it could not deliver among the subscription's dead letters, with these attributes. */
function undeliveredReason(attribute: (name: string) => string | undefined): string | undefined {
  const code = attribute('ErrorCode');
  if (code === undefined) return undefined;
  return `SNS could not deliver it to the queue: ${attribute('ErrorMessage') ?? code}`;
}
