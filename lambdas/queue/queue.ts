import {
  SendMessageBatchCommand,
  SQSClient,
  type BatchResultErrorEntry,
} from '@aws-sdk/client-sqs';
import { AWS_REQUESTS } from '../runtime/aws-requests.js';
import { stringAttributes, type MessageAttributes } from './attributes.js';
import { readDepth, readMaxBytes } from './limits.js';
import { tryAwsStatus } from '../runtime/error-codes.js';
import { failureOf, PipelineError } from '../runtime/errors.js';

/** The maximum number of entries in a batch. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_BATCH_ENTRIES = 10;

/** Why one entry of a batch was not accepted. */
export interface SendFailure {
  /** Position in the batch, from 0. */
  readonly index: number;
  /** True if something is wrong with the message itself, so that sending it again cannot help. */
  readonly senderFault: boolean;
  readonly reason: string;
}

/** A message as it is sent. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes?: MessageAttributes | undefined;
}

/** A queue to send to. Every implementation has the limits of SQS. */
export interface MessageQueue {
  /** Returns the maximum size of one message, and of all messages of a batch together, in bytes: bodies and attributes. */
  maxBytes(): Promise<number>;
  /** Returns the approximate number of messages in the queue: waiting, delayed, in progress or waiting for a retry. */
  depth(): Promise<number>;
  /** Sends at most MAX_BATCH_ENTRIES messages and returns the failed ones. Throws SendError if the queue cannot be used. */
  sendBatch(messages: readonly QueueMessage[]): Promise<readonly SendFailure[]>;
}

/** Thrown when messages could not be sent and no single message is to blame. */
export class SendError extends PipelineError {
  override readonly name = 'SendError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'transient' });
  }
}

type SqsSender = Pick<SQSClient, 'send'>;

// SQS rejects the whole call with one of these if a single entry is invalid.
const ENTRY_FAULTS = [
  'InvalidMessageContents',
  'BatchRequestTooLong',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'MissingParameter',
  'InvalidAttributeValue',
];

/** A queue of SQS. The SDK compares the MD5 of each body, so that a message that was corrupted counts as not sent. */
export function sqsQueue(
  queueUrl: string,
  client: SqsSender = new SQSClient({ requestHandler: AWS_REQUESTS }),
): MessageQueue {
  let maxBytes: Promise<number> | undefined;
  return {
    maxBytes: () =>
      (maxBytes ??= readMaxBytes(client, queueUrl).catch((error: unknown) => {
        // The container keeps the queue for its next invocations, which should not inherit the failure.
        maxBytes = undefined;
        throw error;
      })),
    depth: () => readDepth(client, queueUrl),
    sendBatch: (messages) => sendBatch({ sqs: client, queueUrl }, messages),
  };
}

interface BatchSender {
  readonly sqs: SqsSender;
  readonly queueUrl: string;
}

async function sendBatch(
  sender: BatchSender,
  messages: readonly QueueMessage[],
): Promise<readonly SendFailure[]> {
  const { sqs, queueUrl } = sender;
  // The ids are positions, because an id may not contain all the characters of a key.
  const Entries = messages.map(({ body, attributes }, index) => ({
    Id: String(index),
    MessageBody: body,
    ...(attributes && { MessageAttributes: stringAttributes(attributes) }),
  }));
  try {
    const response = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return failedEntries(Entries, response).map(toFailure);
  } catch (cause) {
    return failuresOfCall(cause, sender, messages);
  }
}

/** An entry that the queue did not accept. */
export type FailedEntry = Partial<BatchResultErrorEntry>;

interface BatchResponse {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
  readonly Failed?: readonly FailedEntry[] | undefined;
}

/**
 * Returns the entries of a SendMessageBatch that were not accepted, in the order of `entries`. An entry that the response
 * does not mention exactly once counts as not accepted, because a message wrongly counted as sent is lost.
 */
export function failedEntries(
  entries: readonly { readonly Id: string }[],
  { Successful = [], Failed = [] }: BatchResponse,
): FailedEntry[] {
  return entries.flatMap(({ Id }) => {
    const failed = Failed.filter((entry) => entry.Id === Id);
    const mentions = failed.length + Successful.filter((entry) => entry.Id === Id).length;
    return mentions === 1 ? failed : [unclear(Id, mentions)];
  });
}

function unclear(Id: string, mentions: number): FailedEntry {
  const Message = `the response mentions the entry ${mentions} times instead of once`;
  return { Id, SenderFault: false, Code: 'UnclearResponse', Message };
}

function toFailure({ Id, SenderFault, Code, Message }: FailedEntry): SendFailure {
  const reason = Message === undefined ? (Code ?? 'unknown') : `${Code ?? 'unknown'}: ${Message}`;
  return { index: Number(Id), senderFault: SenderFault ?? false, reason };
}

async function failuresOfCall(
  cause: unknown,
  sender: BatchSender,
  messages: readonly QueueMessage[],
): Promise<readonly SendFailure[]> {
  const { name, message } = failureOf(cause);
  const all = (senderFault: boolean): SendFailure[] =>
    messages.map((_, index) => ({ index, senderFault, reason: `${name}: ${message}` }));
  if (ENTRY_FAULTS.some((fault) => name.includes(fault))) {
    return messages.length === 1 ? all(true) : sendOneByOne(sender, messages);
  }
  if (isTransient(cause, name)) return all(false);
  throw new SendError(`queue ${sender.queueUrl}: ${name}: ${message}`, { cause });
}

/** Finds the invalid message: it made the whole call fail, and sent alone it is the only one that fails. */
async function sendOneByOne(
  sender: BatchSender,
  messages: readonly QueueMessage[],
): Promise<SendFailure[]> {
  const failures = await Promise.all(
    messages.map(async (message, index) => {
      const [failure] = await sendBatch(sender, [message]);
      return failure && { ...failure, index };
    }),
  );
  return failures.filter((failure) => failure !== undefined);
}

function isTransient(cause: unknown, name: string): boolean {
  const status = tryAwsStatus(cause);
  // Without a status, the connection broke; with a status below 400 the response could not be read.
  if (status === undefined || status < 400 || status >= 500) return true;
  return status === 429 || /throttl/i.test(name);
}
