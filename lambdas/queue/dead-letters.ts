import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord, SQSRecordAttributes } from 'aws-lambda';
import {
  attributeBytes,
  backfillAttributes,
  backfillOf,
  type MessageAttributes,
  type ReceivedAttributes,
} from './attributes.js';
import { messageSender, visibilityChanger } from './batched-calls.js';
import type { Failure } from '../runtime/errors.js';

/** Why a message was dead-lettered. It is written to the message's attributes; the body is unchanged. */
export interface DeadLetterReason {
  readonly failure: Failure;
  readonly pipeline: string;
  readonly correlationId: string;
  readonly itemId?: string | undefined;
}

/** The parts of a message that its dead letter keeps. */
export interface DeadMessage extends Pick<SQSRecord, 'body' | 'messageId'>, ReceivedAttributes {
  readonly attributes: Pick<SQSRecordAttributes, 'ApproximateReceiveCount' | 'SentTimestamp'>;
}

/** What a handler can do with a message that it could not process. Calls at the same time may share a request. */
export interface RecordQueue {
  /** Sends the message to the dead-letter queue, with the reason in its attributes. */
  sendToDeadLetters(record: DeadMessage, reason: DeadLetterReason): Promise<void>;
  /** Makes the message visible again after `delaySeconds`. */
  returnLater(record: SQSRecord, delaySeconds: number): Promise<void>;
}

export interface RecordQueueOptions {
  readonly queueUrl: string;
  readonly deadLettersUrl: string;
  readonly sqs: Pick<SQSClient, 'send'>;
}

/** The size limit of SQS for a body and its attributes (names, types and values) together. */
export const MAX_MESSAGE_BYTES = 262_144;
const MAX_REASON_CHARACTERS = 2_000;
/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
const MAX_DELAY_SECONDS = 43_200;

/** Creates a RecordQueue for the queue and the dead-letter queue of a pipeline. */
export function recordQueue({ queueUrl, deadLettersUrl, sqs }: RecordQueueOptions): RecordQueue {
  const send = messageSender(deadLettersUrl, sqs);
  const changeVisibility = visibilityChanger(queueUrl, sqs);
  return {
    sendToDeadLetters: (record, reason) =>
      send({ body: record.body, attributes: deadLetterAttributes(record, reason) }),
    returnLater: ({ receiptHandle: ReceiptHandle }, delaySeconds) => {
      const seconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.round(delaySeconds)));
      return changeVisibility({ ReceiptHandle, VisibilityTimeout: seconds });
    },
  };
}

/**
 * Returns the attributes of a dead letter, most important first. Those that do not fit next to the body are cut or
 * omitted. The attribute of a backfill's message is always kept, in place of `pipeline`: SQS allows ten, and its value is
 * the pipeline.
 */
export function deadLetterAttributes(
  record: DeadMessage,
  { failure, pipeline, correlationId, itemId }: DeadLetterReason,
): MessageAttributes {
  const backfill = backfillOf(record);
  const wanted: [string, string | undefined][] = [
    ['reason', failure.message.slice(0, MAX_REASON_CHARACTERS)],
    ['error', failure.name],
    ['kind', failure.kind],
    ['failed_at', new Date().toISOString()],
    ['message_id', record.messageId],
    ['receive_count', record.attributes.ApproximateReceiveCount],
    ['sent_timestamp', record.attributes.SentTimestamp],
    ['correlation_id', correlationId],
    ['pipeline', backfill === undefined ? pipeline : undefined],
    ['item_id', itemId],
  ];
  const kept = backfillAttributes(backfill);
  const room = MAX_MESSAGE_BYTES - Buffer.byteLength(record.body) - attributeBytes(kept);
  return { ...kept, ...fitted(wanted, room) };
}

/** Returns the attributes that fit into `roomBytes`, cut if need be, with characters that SQS accepts. */
export function fitted(
  wanted: [string, string | undefined][],
  roomBytes: number,
): MessageAttributes {
  const attributes: Record<string, string> = {};
  let room = roomBytes;
  for (const [name, value] of wanted) {
    const overhead = name.length + 'String'.length;
    const text = cutToBytes(sendable(value ?? ''), room - overhead);
    if (text === '') continue;
    attributes[name] = text;
    room -= overhead + Buffer.byteLength(text);
  }
  return attributes;
}

/** Replaces the characters that SQS rejects: it accepts those of XML 1.0 only. */
function sendable(text: string): string {
  return text.replace(
    /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu,
    '\u{fffd}',
  );
}

function cutToBytes(text: string, bytes: number): string {
  if (bytes <= 0) return '';
  const buffer = Buffer.from(text);
  if (buffer.length <= bytes) return text;
  // A truncated character decodes to a replacement character at the end.
  return buffer
    .subarray(0, bytes)
    .toString('utf8')
    .replace(/\u{fffd}+$/u, '');
}
