import { failureOf } from '../../lambdas/runtime/errors.js';
import type { Granule, GranulePipeline } from '../../lambdas/granule/items.js';
import { parseBody, type GranuleMessage } from '../../lambdas/granule/message.js';
import { parseGranule } from '../../lambdas/granule/parse.js';
import type { MessageQueue } from '../../lambdas/queue/queue.js';

export type MessageParser = Pick<GranulePipeline<Granule>, 'parseMessage'>;

/** How many messages of a backfill name a granule that the pipeline's app.ts knows. */
export interface RoundTrips {
  messages: number;
  named: number;
  /** The first bodies that name no granule, each after the reason. */
  readonly faults: string[];
}

const MAX_FAULTS = 5;

export function noRoundTrips(): RoundTrips {
  return { messages: 0, named: 0, faults: [] };
}

/** The files of a pipeline that have to agree, for the end of a sentence. */
export const COMPARE_FILES =
  'compare rowToMessageBody in historic.ts with parseMessage in app.ts (for an S3 event, return s3EventBody(bucket, key))';

/** Returns why a body that rowToMessageBody returned names no granule; undefined if it names one. */
export function roundTripFault(body: string, { parseMessage }: MessageParser): string | undefined {
  try {
    const { messages, skipped, faults = [] } = parseBody(body);
    const parts = messages.map((message) => partFault(message, parseMessage));
    if (parts.includes(undefined)) return undefined;
    const others = skipped.map(({ detail }) => `it is skipped before parseMessage (${detail})`);
    return [...parts, ...others, ...faults.map(({ message }) => message)][0];
  } catch (error) {
    return failureOf(error).message;
  }
}

function partFault(
  message: GranuleMessage,
  parseMessage: MessageParser['parseMessage'],
): string | undefined {
  try {
    return parseGranule(parseMessage, message) ? undefined : 'parseMessage skips it';
  } catch (error) {
    return failureOf(error).message;
  }
}

/** Returns a sentence such as `50 messages, 0 name a granule`; undefined if all do. */
export function roundTripText({ messages, named }: Omit<RoundTrips, 'faults'>): string | undefined {
  if (named === messages) return undefined;
  const all = messages === 1 ? '1 message' : `${messages} messages`;
  return `${all}, ${named} name a granule: ${COMPARE_FILES}`;
}

/** Returns the same queue, which counts in `into` what the messages sent to it name. */
export function countingRoundTrips(
  queue: MessageQueue,
  parser: MessageParser,
  into: RoundTrips,
): MessageQueue {
  return {
    maxBytes: () => queue.maxBytes(),
    depth: () => queue.depth(),
    sendBatch: (messages) => {
      for (const { body } of messages) count(body, parser, into);
      return queue.sendBatch(messages);
    },
  };
}

function count(body: string, parser: MessageParser, into: RoundTrips): void {
  into.messages += 1;
  const fault = roundTripFault(body, parser);
  if (fault === undefined) into.named += 1;
  else if (into.faults.length < MAX_FAULTS) into.faults.push(`${fault}: ${body}`);
}
