import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** The size every queue accepts. AWS raised the limit to 1 MiB in August 2025; older queues may still have 256 KiB. */
export const DEFAULT_MAX_BYTES = 262_144;

type SqsReader = Pick<SQSClient, 'send'>;

/** A message is in exactly one of these numbers. One that waits for a retry is not visible. */
const DEPTH_ATTRIBUTES = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
] as const;

/** Returns the approximate number of messages in a queue. */
export async function readDepth(sqs: SqsReader, queueUrl: string): Promise<number> {
  const attributes = await readAttributes(sqs, queueUrl, DEPTH_ATTRIBUTES);
  return DEPTH_ATTRIBUTES.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0);
}

/** Returns the maximum size of a message in bytes. */
export async function readMaxBytes(sqs: SqsReader, queueUrl: string): Promise<number> {
  const { MaximumMessageSize } = await readAttributes(sqs, queueUrl, ['MaximumMessageSize']);
  return Number(MaximumMessageSize ?? DEFAULT_MAX_BYTES);
}

type Attributes = Readonly<Partial<Record<QueueAttributeName, string>>>;

async function readAttributes(
  sqs: SqsReader,
  queueUrl: string,
  names: readonly QueueAttributeName[],
): Promise<Attributes> {
  const AttributeNames = [...names];
  const request = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames });
  return (await sqs.send(request)).Attributes ?? {};
}
