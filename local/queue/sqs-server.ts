import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSRecord } from 'aws-lambda';
import type { FaultPlan } from '../http/faults.js';
import { serve, type LocalResponse, type LocalRequest, type LocalServer } from '../http/server.js';
import { LocalQueue } from './local-queue.js';

/** An SQS endpoint for AWS_ENDPOINT_URL: in-memory queues over SQS's JSON protocol. */
export interface SqsServer extends LocalServer {
  /** Throws if the server has no queue of this name. */
  readonly queue: (name: string) => LocalQueue;
  /** Names of the actions called so far, in order. */
  readonly calls: string[];
}

interface Input {
  readonly QueueName?: string;
  readonly QueueUrl?: string;
  readonly MaxNumberOfMessages?: number;
  readonly Entries?: readonly Entry[];
  readonly MessageBody?: string;
  readonly MessageAttributes?: Entry['MessageAttributes'];
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
}

type Action = (queue: LocalQueue, input: Input) => object | Promise<object>;

export interface SqsServerOptions {
  /** Bodies that contain this text are rejected. @default REFUSE ME */
  readonly refused?: string;
  /** Delay of every response, in milliseconds. @default 0 */
  readonly delayMs?: number;
  readonly faults?: FaultPlan;
}

/** Serves queues; a name stands for a new one. */
export async function startSqs(
  served: readonly (string | LocalQueue)[],
  { refused = 'REFUSE ME', delayMs = 0, faults }: SqsServerOptions = {},
): Promise<SqsServer> {
  const given = served.map((one) =>
    typeof one === 'string' ? new LocalQueue({ name: one }) : one,
  );
  const queues = new Map(given.map((queue) => [queue.name, queue]));
  const calls: string[] = [];
  const actions = actionsWith(refused);
  const server = await serve(async (request) => {
    if (delayMs > 0) await sleep(delayMs);
    const action = actionOf(request);
    calls.push(action);
    const input = JSON.parse(request.body) as Input;
    const name = input.QueueName ?? input.QueueUrl?.split('/').at(-1) ?? '';
    const queue = queues.get(name);
    if (!queue) return noSuchQueue();
    if (action === 'GetQueueUrl') return ok({ QueueUrl: `${server.url}/000000000000/${name}` });
    return ok((await actions[action]?.(queue, input)) ?? {});
  }, faults);
  const queue = (name: string): LocalQueue => {
    const found = queues.get(name);
    if (!found) throw new Error(`no queue ${name}`);
    return found;
  };
  return { ...server, queue, calls };
}

function actionsWith(refused: string): Readonly<Record<string, Action>> {
  return {
    ...ACTIONS,
    SendMessageBatch: (queue, { Entries = [] }) => {
      const isRefused = ({ MessageBody }: Entry): boolean => MessageBody.includes(refused);
      const taken = Entries.filter((entry) => !isRefused(entry));
      return {
        Successful: taken.map((entry) => ({ Id: entry.Id, ...sent(queue, entry) })),
        Failed: Entries.filter(isRefused).map(({ Id }) => ({
          Id,
          SenderFault: true,
          Code: 'InvalidMessageContents',
          Message: 'rejected by the local queue',
        })),
      };
    },
  };
}

const ACTIONS: Readonly<Record<string, Action>> = {
  ReceiveMessage: async (queue, { MaxNumberOfMessages }) => {
    const records = queue.receive(MaxNumberOfMessages);
    // A short wait in place of long polling, which would slow down tests.
    if (records.length === 0) await sleep(5);
    return { Messages: records.map(messageOf) };
  },
  ChangeMessageVisibilityBatch: (queue, { Entries = [] }) => {
    for (const entry of Entries) {
      queue.changeVisibility(entry.ReceiptHandle, entry.VisibilityTimeout);
    }
    return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
  },
  DeleteMessageBatch: (queue, { Entries = [] }) => {
    for (const { ReceiptHandle } of Entries) queue.delete(ReceiptHandle);
    return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
  },
  ChangeMessageVisibility: (queue, { ReceiptHandle = '', VisibilityTimeout = 0 }) => {
    queue.changeVisibility(ReceiptHandle, VisibilityTimeout);
    return {};
  },
  SendMessage: (queue, { MessageBody = '', MessageAttributes }) =>
    sent(queue, { MessageBody, MessageAttributes }),
  GetQueueAttributes: (queue) => ({
    Attributes: {
      ApproximateNumberOfMessages: String(queue.visibleCount),
      ApproximateNumberOfMessagesNotVisible: String(queue.hiddenCount),
      ApproximateNumberOfMessagesDelayed: '0',
    },
  }),
};

type Sent = Pick<Input, 'MessageAttributes'> & Pick<Entry, 'MessageBody'>;

function sent(queue: LocalQueue, { MessageBody, MessageAttributes = {} }: Sent): object {
  const attributes = Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
  );
  const MessageId = queue.send(MessageBody, { attributes });
  return { MessageId, MD5OfMessageBody: md5(MessageBody) };
}

/** The SDK checks this hash. */
function md5(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

function messageOf(record: SQSRecord): object {
  const attributes = Object.entries(record.messageAttributes).map(([name, { stringValue }]) => [
    name,
    { DataType: 'String', StringValue: stringValue },
  ]);
  return {
    MessageId: record.messageId,
    ReceiptHandle: record.receiptHandle,
    Body: record.body,
    MD5OfBody: record.md5OfBody,
    Attributes: record.attributes,
    MessageAttributes: Object.fromEntries(attributes) as object,
  };
}

function actionOf({ headers }: LocalRequest): string {
  return String(headers['x-amz-target']).split('.').at(-1) ?? '';
}

function ok(body: object): LocalResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status: 200, body: JSON.stringify(body), headers };
}

function noSuchQueue(): LocalResponse {
  return {
    status: 400,
    body: JSON.stringify({
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'no such queue',
    }),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  };
}
