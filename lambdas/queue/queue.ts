import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { tryAwsStatus } from '../runtime/errors.js';
import { failedEntries, type FailedEntry } from './batch-answer.js';
import { failureOf, PipelineError } from '../runtime/errors.js';
import { signedPost, type BatchEntry, type PostBatch } from './signed-post.js';

/** SQS's own limit of entries. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_BATCH_ENTRIES = 10;
/** What every queue takes: 1 MiB became possible in August 2025, but a queue made before may still say 256 KiB. */
export const DEFAULT_MAX_BYTES = 262_144;

/** Why one entry of a batch was not taken. */
export interface SendFailure {
  /** Place in the batch. */
  readonly index: number;
  /** The message itself is at fault: sending it again cannot help. */
  readonly senderFault: boolean;
  readonly reason: string;
}

/** A queue to send to. The limits are SQS's, whoever implements it. */
export interface MessageQueue {
  /** Of one body, and of all bodies of one batch together. */
  maxBytes(): Promise<number>;
  /** Messages that wait to be received, roughly. */
  depth(): Promise<number>;
  /** At most MAX_BATCH_ENTRIES bodies; gives the failed ones. Throws SendError when the queue cannot be used at all. */
  sendBatch(bodies: readonly string[]): Promise<readonly SendFailure[]>;
}

/** Thrown when messages could not be put on the queue and no single one of them is to blame. */
export class SendError extends PipelineError {
  override readonly name = 'SendError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, kind: 'transient' });
  }
}

type SqsSender = Pick<SQSClient, 'send'>;

// Answers to a whole call for which one entry is to blame.
const ENTRY_FAULTS = [
  'InvalidMessageContents',
  'BatchRequestTooLong',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'MissingParameter',
  'InvalidAttributeValue',
];

/** Batches go by `post`, and by the client where that does not give what became of each entry. */
export function sqsQueue(
  queueUrl: string,
  client: Pick<SQSClient, 'send' | 'config'> = new SQSClient({}),
  post: PostBatch = signedPost(queueUrl, client),
): MessageQueue {
  let maxBytes: Promise<number> | undefined;
  return {
    maxBytes: () =>
      (maxBytes ??= readMaxBytes(client, queueUrl).catch((error: unknown) => {
        // A failure must not outlive the invocation that met it.
        maxBytes = undefined;
        throw error;
      })),
    depth: async () => Number(await attribute(client, queueUrl, 'ApproximateNumberOfMessages')),
    sendBatch: (bodies) => sendBatch({ sqs: client, queueUrl, post }, bodies),
  };
}

async function readMaxBytes(sqs: SqsSender, queueUrl: string): Promise<number> {
  return Number((await attribute(sqs, queueUrl, 'MaximumMessageSize')) ?? DEFAULT_MAX_BYTES);
}

async function attribute(
  sqs: SqsSender,
  queueUrl: string,
  name: 'MaximumMessageSize' | 'ApproximateNumberOfMessages',
): Promise<string | undefined> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [name] }),
  );
  return Attributes?.[name];
}

interface BatchSender {
  readonly sqs: SqsSender;
  readonly queueUrl: string;
  readonly post: PostBatch;
}

async function sendBatch(
  sender: BatchSender,
  bodies: readonly string[],
): Promise<readonly SendFailure[]> {
  // Ids by index: a key may hold characters that an id must not.
  const entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  try {
    const failed = (await sender.post(entries)) ?? (await sendBySdk(sender, entries));
    return failed.map(toFailure);
  } catch (cause) {
    return failuresOfCall(cause, sender, bodies);
  }
}

async function sendBySdk(
  { sqs, queueUrl }: BatchSender,
  Entries: BatchEntry[],
): Promise<readonly FailedEntry[]> {
  const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  return failedEntries(Entries, answer);
}

function toFailure({ Id, SenderFault, Code, Message }: FailedEntry): SendFailure {
  const reason = Message === undefined ? (Code ?? 'unknown') : `${Code ?? 'unknown'}: ${Message}`;
  return { index: Number(Id), senderFault: SenderFault ?? false, reason };
}

async function failuresOfCall(
  cause: unknown,
  sender: BatchSender,
  bodies: readonly string[],
): Promise<readonly SendFailure[]> {
  const { name, message } = failureOf(cause);
  const all = (senderFault: boolean): SendFailure[] =>
    bodies.map((_, index) => ({ index, senderFault, reason: `${name}: ${message}` }));
  if (ENTRY_FAULTS.some((fault) => name.includes(fault))) {
    return bodies.length === 1 ? all(true) : sendOneByOne(sender, bodies);
  }
  if (isTransient(cause, name)) return all(false);
  throw new SendError(`queue ${sender.queueUrl}: ${name}: ${message}`, { cause });
}

/** One bad body fails the whole call: alone it fails alone. */
async function sendOneByOne(
  sender: BatchSender,
  bodies: readonly string[],
): Promise<SendFailure[]> {
  const failures = await Promise.all(
    bodies.map(async (body, index) => {
      const [failure] = await sendBatch(sender, [body]);
      return failure && { ...failure, index };
    }),
  );
  return failures.filter((failure) => failure !== undefined);
}

function isTransient(cause: unknown, name: string): boolean {
  const status = tryAwsStatus(cause);
  // No status: the connection broke.
  return status === undefined || status >= 500 || status === 429 || /throttl/i.test(name);
}
