import { GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';

/** A queue as AWS has it. */
export interface FoundQueue {
  readonly name: string;
  readonly url: string;
  readonly sqs: SqsSender;
}

export type SqsSender = Pick<SQSClient, 'send'>;

export interface QueueAddress {
  readonly name: string;
  readonly region: string;
}

/** Thrown when AWS has no queue of that name, or could not be asked. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}

/** Throws QueueError. */
export async function findQueue(
  { name, region }: QueueAddress,
  sqs: SqsSender,
): Promise<FoundQueue> {
  try {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    return { name, url: QueueUrl, sqs };
  } catch (cause) {
    throw new QueueError(`${whyNot(cause, name)} (region ${region})`, { cause });
  }
}

function whyNot(cause: unknown, name: string): string {
  if (cause instanceof QueueDoesNotExist || (cause as Error).name.includes('NonExistentQueue')) {
    return `there is no queue ${name}: is the pipeline deployed, under this PROJECT and in this account`;
  }
  return `the queue ${name} cannot be reached: ${errorText(cause)}`;
}

/** An SDK error in one line; some have no message, only a name. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((one) => errorText(one)).join(', ');
  }
  const text = error.message === '' ? error.name : error.message;
  return text.replaceAll(/\s+/g, ' ').slice(0, 300);
}
