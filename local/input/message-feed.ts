import { setTimeout as sleep } from 'node:timers/promises';

import type { MessageAttributes } from '../../lambdas/queue/attributes.js';
import type { QueueMessage } from '../../lambdas/queue/queue.js';
import type { LocalQueue } from '../queue/local-queue.js';

/** Finds messages and sends each of them, until `send` resolves to false. */
export type MessageInput = (send: SendMessage, report: InputReport) => Promise<void>;
/** Resolves to false if no further message is wanted. */
export type SendMessage = (message: QueueMessage) => Promise<boolean>;

/** A dead letter for a part of the input that became no message. */
export interface RefusedInput {
  readonly body: string;
  readonly attributes: MessageAttributes;
}

/** What an input tells the run beside its messages. */
export interface InputReport {
  readonly refuse: (letter: RefusedInput) => void;
  /** Adds a line to the summary. */
  readonly note: (line: string) => void;
  /** Makes the run a failure, with this reason. The messages of the input are still processed. */
  readonly fail: (reason: string) => void;
}

export interface FeedOptions {
  readonly queue: LocalQueue;
  /** Maximum number of messages, including those done before. Undefined means no limit. */
  readonly limit: number | undefined;
  /** Returns true for a message that an interrupted run has finished. */
  readonly wasDone: (body: string) => boolean;
  readonly isStopped: () => boolean;
  readonly report: InputReport;
}

export interface Feed {
  readonly run: (input: MessageInput) => Promise<void>;
  /** `isCutShort` is true if messages were left when the run was stopped. */
  readonly counts: { sent: number; skipped: number; isComplete: boolean; isCutShort: boolean };
}

/** Maximum length of all bodies in the queue, in characters, so that memory stays bounded. */
const MAX_QUEUED_CHARACTERS = 16 * 1024 * 1024;
const WAIT_MS = 20;

/** Returns a feed that puts messages on the queue and waits while the queue is full. */
export function messageFeed(options: FeedOptions): Feed {
  const { queue, limit = Infinity, wasDone, isStopped, report } = options;
  const counts = { sent: 0, skipped: 0, isComplete: false, isCutShort: false };
  const send: SendMessage = async ({ body, attributes = {} }) => {
    if (isStopped()) counts.isCutShort = true;
    if (counts.isCutShort || counts.sent + counts.skipped >= limit) return false;
    if (wasDone(body)) {
      counts.skipped++;
      return true;
    }
    while (queue.size > MAX_QUEUED_CHARACTERS && !isStopped()) await sleep(WAIT_MS);
    queue.send(body, { attributes });
    counts.sent++;
    return true;
  };
  return {
    counts,
    run: async (input) => {
      try {
        await input(send, report);
      } finally {
        counts.isComplete = true;
      }
    },
  };
}

type GivenMessage = string | QueueMessage;

/** Returns an input that sends the given messages; a string is a body without attributes. */
export function inputOf(
  messages: AsyncIterable<GivenMessage> | Iterable<GivenMessage>,
): MessageInput {
  return async (send) => {
    for await (const given of messages) {
      if (!(await send(typeof given === 'string' ? { body: given } : given))) return;
    }
  };
}

/** Returns an input that runs the given inputs one after another. */
export function inputsOf(inputs: readonly MessageInput[]): MessageInput {
  return async (send, report) => {
    for (const input of inputs) await input(send, report);
  };
}
