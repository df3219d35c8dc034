import { setTimeout as sleep } from 'node:timers/promises';

import type { LocalQueue } from '../queue/queue.js';

/** Finds messages and sends each; stops when `send` returns false. */
export type MessageInput = (send: SendMessage) => Promise<void>;
export type SendMessage = (body: string) => Promise<boolean>;

export interface FeedOptions {
  readonly queue: LocalQueue;
  readonly limit: number | undefined;
  /** Returns whether an interrupted run has already recorded the outcome of a message. */
  readonly wasDone: (body: string) => boolean;
  readonly isStopped: () => boolean;
}

export interface Feed {
  readonly run: (input: MessageInput) => Promise<void>;
  /** `isCutShort` says that there were more messages when the run was stopped. */
  readonly counts: { sent: number; skipped: number; isComplete: boolean; isCutShort: boolean };
}

/** Limit for the characters of all bodies in the queue, which bounds memory. */
const MAX_QUEUED_CHARACTERS = 16 * 1024 * 1024;
const WAIT_MS = 20;

/** Puts messages on the queue, and waits while it is full. */
export function messageFeed({ queue, limit = Infinity, wasDone, isStopped }: FeedOptions): Feed {
  const counts = { sent: 0, skipped: 0, isComplete: false, isCutShort: false };
  const send: SendMessage = async (body) => {
    if (isStopped()) counts.isCutShort = true;
    if (counts.isCutShort || counts.sent + counts.skipped >= limit) return false;
    if (wasDone(body)) {
      counts.skipped++;
      return true;
    }
    while (queue.size > MAX_QUEUED_CHARACTERS && !isStopped()) await sleep(WAIT_MS);
    queue.send(body);
    counts.sent++;
    return true;
  };
  return {
    counts,
    run: async (input) => {
      try {
        await input(send);
      } finally {
        counts.isComplete = true;
      }
    },
  };
}

/** Makes an input that sends the given bodies. */
export function inputOf(bodies: AsyncIterable<string> | Iterable<string>): MessageInput {
  return async (send) => {
    for await (const body of bodies) if (!(await send(body))) return;
  };
}

/** Joins several inputs into one. */
export function inputsOf(inputs: readonly MessageInput[]): MessageInput {
  return async (send) => {
    for (const input of inputs) await input(send);
  };
}
