import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import type { FoundQueue } from '../shared/deployed-pipeline.js';

/** If the command is killed, the messages it has received stay invisible for this long. */
export const VISIBILITY_SECONDS = 120;

interface Unread {
  readonly read: number;
  /** Messages that were invisible before the first was read. */
  readonly hidden: number;
  /** Messages that are visible although none could be received any more. */
  readonly visible: number;
}

/** SQS gives no further message while this many are in flight, and does not say so with long polling. */
const MOST_IN_FLIGHT = 120_000;
const NEARLY_ALL = 0.99 * MOST_IN_FLIGHT;

/** Says that not all dead letters were read; undefined if they were. Both numbers are estimates of SQS, so a few visible messages mean nothing. */
export function unreadNote(name: string, { read, hidden, visible }: Unread): string | undefined {
  if (hidden > 0) {
    return (
      `${name}: about ${hidden} more are invisible, because another command reads them or was killed while it did: they ` +
      `come back within ${VISIBILITY_SECONDS} seconds`
    );
  }
  if (read < NEARLY_ALL || visible === 0) return undefined;
  return `${name}: about ${visible} more: SQS lets ${MOST_IN_FLIGHT} messages be read at a time, so send or discard these first`;
}

/** Returns how many messages SQS counts as visible, and as received by someone. */
export async function depthOf({
  sqs,
  url,
}: FoundQueue): Promise<{ visible: number; hidden: number }> {
  const AttributeNames: QueueAttributeName[] = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
  ];
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }),
  );
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } =
    Attributes;
  return { visible: Number(visible ?? 0), hidden: Number(hidden ?? 0) };
}
