import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { TRIES_ATTRIBUTE, type PendingIngestion } from '../ingestor/pending.js';
import { BACKFILL_ATTRIBUTE, backfillAttributes, stringAttributes } from '../queue/attributes.js';
import { recordQueue, type RecordQueueOptions } from '../queue/dead-letters.js';

/** Where the message of an Item is sent if the Item was not loaded. */
export interface VerifyQueue {
  /** Sends the message to the pipeline's queue again, with the number of tries in an attribute. */
  sendAgain(pending: PendingIngestion): Promise<void>;
  /** Sends the message to the dead-letter queue. */
  sendToDeadLetters(pending: PendingIngestion, reason: string): Promise<void>;
}

export interface VerifyQueueOptions extends RecordQueueOptions {
  readonly sqs: Pick<SQSClient, 'send'>;
  /** The pipeline's id. */
  readonly pipeline: string;
}

export function verifyQueue({ pipeline, ...options }: VerifyQueueOptions): VerifyQueue {
  const records = recordQueue(options);
  return {
    sendAgain: async ({ body, correlationId, tries, backfill }) => {
      await options.sqs.send(
        new SendMessageCommand({
          QueueUrl: options.queueUrl,
          MessageBody: body,
          MessageAttributes: stringAttributes({
            correlation_id: correlationId,
            [TRIES_ATTRIBUTE]: String(tries + 1),
            ...backfillAttributes(backfill),
          }),
        }),
      );
    },
    sendToDeadLetters: async (pending, message) => {
      const { itemId, correlationId, body, messageId, sentTimestamp, tries, backfill } = pending;
      const messageAttributes = { [BACKFILL_ATTRIBUTE]: { stringValue: backfill } };
      const attributes = {
        ApproximateReceiveCount: String(tries + 1),
        SentTimestamp: sentTimestamp,
      };
      await records.sendToDeadLetters(
        { body, messageId, attributes, messageAttributes },
        {
          pipeline,
          correlationId,
          itemId,
          failure: { kind: 'permanent', name: 'IngestionError', message },
        },
      );
    },
  };
}
