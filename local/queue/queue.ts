import { randomUUID } from 'node:crypto';

import type { SQSRecord } from 'aws-lambda';

import { Fifo } from './fifo.js';
import { type DeliveredMessage, REGION, toRecord } from './record.js';

/** Maximum number of messages of one receive. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const MAX_RECEIVE = 10;

/** Milliseconds since 1970. */
export type Clock = () => number;

export interface LocalQueueOptions {
  readonly name?: string;
  /** Seconds for which a received message stays hidden. @default 30 */
  readonly visibilityTimeoutSeconds?: number;
  /** Number of receives after which a message moves to `deadLetters`. @default no limit */
  readonly maxReceiveCount?: number;
  readonly deadLetters?: DeadLetterTarget;
  readonly clock?: Clock;
}

/** Takes messages that were received too often, as SQS moves them: with body and attributes, without a reason. */
export interface DeadLetterTarget {
  send(body: string, options?: SendOptions): string;
}

export interface SendOptions {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly delaySeconds?: number;
  readonly messageId?: string;
  /** Time of the first send, which also counts in the dead-letter queue. */
  readonly sentTimestamp?: number;
}

interface StoredMessage extends DeliveredMessage {
  receives: number;
  firstReceived: number | undefined;
  visibleAt: number;
}

/**
 * An in-process SQS standard queue with batches, visibility timeout, receive counts and dead letters.
 * Unlike SQS it keeps the order, and delivers a message twice only for a reason.
 */
export class LocalQueue {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  private readonly ready = new Fifo<StoredMessage>();
  /** Hidden messages: in flight by receipt handle of the last receive, or delayed by message id. */
  private readonly hidden = new Map<string, StoredMessage>();
  /** Earliest time at which a hidden message becomes visible, which saves looking at all on each receive. */
  private earliest = Infinity;
  private heldBytes = 0;

  constructor(private readonly options: LocalQueueOptions = {}) {
    this.name = options.name ?? 'granules';
    this.arn = `arn:aws:sqs:${REGION}:000000000000:${this.name}`;
    this.visibilityTimeoutSeconds = options.visibilityTimeoutSeconds ?? 30;
  }

  get visibleCount(): number {
    this.reveal();
    return this.ready.length;
  }

  get hiddenCount(): number {
    this.reveal();
    return this.hidden.size;
  }

  get isEmpty(): boolean {
    return this.ready.length + this.hidden.size === 0;
  }

  /** Number of characters of all bodies, for senders that limit memory. */
  get size(): number {
    return this.heldBytes;
  }

  send(body: string, options: SendOptions = {}): string {
    const now = this.now();
    const message: StoredMessage = {
      messageId: options.messageId ?? randomUUID(),
      body,
      attributes: options.attributes ?? {},
      sentTimestamp: options.sentTimestamp ?? now,
      receives: 0,
      firstReceived: undefined,
      visibleAt: now,
    };
    this.heldBytes += body.length;
    if (options.delaySeconds) this.hide(message.messageId, message, options.delaySeconds);
    else this.ready.push(message);
    return message.messageId;
  }

  /** Receives up to `max` visible messages and hides them for the visibility timeout. */
  receive(max = MAX_RECEIVE): SQSRecord[] {
    this.reveal();
    const records: SQSRecord[] = [];
    while (records.length < max) {
      const message = this.ready.shift();
      if (!message) break;
      const record = this.deliver(message);
      if (record) records.push(record);
    }
    return records;
  }

  /** Deletes a message; the handle of an earlier receive has no effect. */
  delete(receiptHandle: string): boolean {
    const message = this.hidden.get(receiptHandle);
    if (!message) return false;
    this.heldBytes -= message.body.length;
    return this.hidden.delete(receiptHandle);
  }

  /** Changes the visibility timeout of a message; 0 seconds make it visible immediately. */
  changeVisibility(receiptHandle: string, seconds: number): boolean {
    const message = this.hidden.get(receiptHandle);
    if (!message) return false;
    this.hide(receiptHandle, message, seconds);
    return true;
  }

  /** Returns the time at which the next hidden message may become visible; undefined if none is hidden. */
  nextVisibleAt(): number | undefined {
    return this.hidden.size === 0 ? undefined : this.earliest;
  }

  private deliver(message: StoredMessage): SQSRecord | undefined {
    if (message.receives >= (this.options.maxReceiveCount ?? Infinity)) {
      this.heldBytes -= message.body.length;
      this.options.deadLetters?.send(message.body, message);
      return undefined;
    }
    message.receives++;
    message.firstReceived ??= this.now();
    const receiptHandle = `${message.messageId}#${message.receives}`;
    this.hide(receiptHandle, message, this.visibilityTimeoutSeconds);
    return toRecord(message, receiptHandle, this.arn);
  }

  private hide(handle: string, message: StoredMessage, seconds: number): void {
    message.visibleAt = this.now() + seconds * 1000;
    this.hidden.set(handle, message);
    this.earliest = Math.min(this.earliest, message.visibleAt);
  }

  private reveal(): void {
    const now = this.now();
    if (now < this.earliest) return;
    this.earliest = Infinity;
    for (const [handle, message] of this.hidden) {
      if (message.visibleAt > now) {
        this.earliest = Math.min(this.earliest, message.visibleAt);
        continue;
      }
      this.hidden.delete(handle);
      this.ready.push(message);
    }
  }

  private now(): number {
    return (this.options.clock ?? Date.now)();
  }
}
