import { hash } from 'node:crypto';

import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';

export const REGION = 'local';

/** A message that was received at least once. Times are in milliseconds since the epoch. */
export interface DeliveredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentTimestamp: number;
  readonly receives: number;
  readonly firstReceived: number | undefined;
}

/** Returns the record that Lambda would pass to the function. */
export function toRecord(message: DeliveredMessage, receiptHandle: string, arn: string): SQSRecord {
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: 'AIDALOCAL',
      ApproximateFirstReceiveTimestamp: String(message.firstReceived),
    },
    messageAttributes: toMessageAttributes(message.attributes),
    // The one-shot function: a Hash object per message would burden the garbage collector.
    md5OfBody: hash('md5', message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: REGION,
  };
}

function toMessageAttributes(values: Readonly<Record<string, string>>): SQSMessageAttributes {
  const entries = Object.entries(values).map(([name, stringValue]) => [
    name,
    { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' as const },
  ]);
  return Object.fromEntries(entries) as SQSMessageAttributes;
}
