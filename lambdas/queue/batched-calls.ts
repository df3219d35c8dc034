import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { attributeBytes, stringAttributes, type MessageAttributes } from './attributes.js';
import { collector } from './collector.js';
import { DEFAULT_MAX_BYTES } from './limits.js';
import { failedEntries, MAX_BATCH_ENTRIES, sqsQueue } from './queue.js';

type Sqs = Pick<SQSClient, 'send'>;

interface Letter {
  readonly body: string;
  readonly attributes: MessageAttributes;
}

interface Visibility {
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

/**
 * Returns a function that sends a message. Calls at the same time are sent in batches, because a batch costs about as
 * much time as one message.
 */
export function messageSender(QueueUrl: string, sqs: Sqs): (letter: Letter) => Promise<void> {
  const queue = sqsQueue(QueueUrl, sqs);
  return collector<Letter>({
    fits: (batch, next) =>
      batch.length < MAX_BATCH_ENTRIES && bytesOf([...batch, next]) <= DEFAULT_MAX_BYTES,
    one: async ({ body, attributes }) => {
      const MessageAttributes = stringAttributes(attributes);
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }));
    },
    several: async (batch) => {
      const failures = await queue.sendBatch(batch);
      return new Map(failures.map(({ index, reason }) => [index, new Error(reason)]));
    },
  });
}

/** Returns a function that changes the visibility of a message. Calls at the same time are sent in batches. */
export function visibilityChanger(
  QueueUrl: string,
  sqs: Sqs,
): (change: Visibility) => Promise<void> {
  return collector<Visibility>({
    fits: (batch) => batch.length < MAX_BATCH_ENTRIES,
    one: async ({ ReceiptHandle, VisibilityTimeout }) => {
      const request = { QueueUrl, ReceiptHandle, VisibilityTimeout };
      await sqs.send(new ChangeMessageVisibilityCommand(request));
    },
    several: async (batch) => {
      const Entries = batch.map(({ ReceiptHandle, VisibilityTimeout }, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout,
      }));
      const response = await sqs.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }),
      );
      const failed = failedEntries(Entries, response);
      return new Map(
        failed.map(({ Id, Code, Message }) => [
          Number(Id),
          new Error(`${Code ?? 'unknown'}: ${Message ?? ''}`),
        ]),
      );
    },
  });
}

function bytesOf(letters: readonly Letter[]): number {
  return letters.reduce(
    (sum, { body, attributes }) => sum + Buffer.byteLength(body) + attributeBytes(attributes),
    0,
  );
}
