import { setTimeout as sleep } from 'node:timers/promises';

import type { LocalQueue } from '../queue/queue.js';

/** Finds messages and sends each; stops when told `false`: enough were sent. */
export type MessageInput = (send: SendMessage) => Promise<void>;
export type SendMessage = (body: string) => Promise<boolean>;

export interface FeedOptions {
  readonly queue: LocalQueue;
  readonly limit: number | undefined;
  /** True for a message whose outcome an interrupted run has left. */
  readonly wasDone: (body: string) => boolean;
  readonly isStopped: () => boolean;
}

export interface Feed {
  readonly run: (input: MessageInput) => Promise<void>;
  /** `isCutShort`: there was a message more when the run was stopped. */
  readonly counts: { sent: number; skipped: number; isComplete: boolean; isCutShort: boolean };
}

/** Characters of message bodies held in the queue: what is found waits on disk, not in memory. */
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

/** An input that sends the bodies it is given. */
export function inputOf(bodies: AsyncIterable<string> | Iterable<string>): MessageInput {
  return async (send) => {
    for await (const body of bodies) if (!(await send(body))) return;
  };
}

/** Several inputs, one after the other. */
export function inputsOf(inputs: readonly MessageInput[]): MessageInput {
  return async (send) => {
    for (const input of inputs) await input(send);
  };
}
