import { randomUUID } from 'node:crypto';

import type { SQSRecord } from 'aws-lambda';

import { type DeliveredMessage, REGION, toRecord } from './record.js';

/** Maximum number of messages per receive. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const MAX_RECEIVE = 10;

export interface LocalQueueOptions {
  readonly name?: string;
  /** Seconds for which a received message stays hidden. @default 30 */
  readonly visibilityTimeoutSeconds?: number;
  /** After this number of receives, the next one moves the message to `deadLetters` instead. @default no limit */
  readonly maxReceiveCount?: number;
  readonly deadLetters?: DeadLetterTarget;
  /** Returns the time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

/** Dead-letter queue for messages that were received too often. As in SQS, body and attributes stay the same. */
export interface DeadLetterTarget {
  send(body: string, options?: SendOptions): string;
}

export interface SendOptions {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly delaySeconds?: number;
  readonly messageId?: string;
  /** Set when a message moves to the dead-letter queue: SQS keeps the time at which it was first sent. */
  readonly sentTimestamp?: number;
}

interface StoredMessage extends DeliveredMessage {
  receives: number;
  firstReceived: number | undefined;
  visibleAt: number;
}

/**
 * An in-memory SQS standard queue with visibility timeouts, receive counts and a dead-letter queue.
 * Unlike SQS, it keeps the order of messages and delivers one again only after its visibility timeout.
 */
export class LocalQueue {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  private readonly ready = new Fifo<StoredMessage>();
  /** In-flight messages by the receipt handle of their last receive, and delayed messages by id. */
  private readonly hidden = new Map<string, StoredMessage>();
  /** No hidden message becomes visible before this time, so a receive before it need not check them. */
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

  /** Total length of all bodies in the queue, in characters, so that a sender can limit memory. */
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

  /** Returns up to `max` visible messages and hides them for the queue's visibility timeout. */
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

  /** Deletes a message. Returns false if the handle is from an earlier receive, which in SQS deletes nothing either. */
  delete(receiptHandle: string): boolean {
    const message = this.hidden.get(receiptHandle);
    if (!message) return false;
    this.heldBytes -= message.body.length;
    return this.hidden.delete(receiptHandle);
  }

  /** Hides a message for `seconds` from now; 0 makes it visible immediately. Returns false for an outdated handle. */
  changeVisibility(receiptHandle: string, seconds: number): boolean {
    const message = this.hidden.get(receiptHandle);
    if (!message) return false;
    this.hide(receiptHandle, message, seconds);
    return true;
  }

  /** Returns the earliest time at which a hidden message may become visible, or undefined if none is hidden. */
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

const COMPACT_AT = 1024;

/** A first-in, first-out queue in constant time; `Array.shift` moves every element of a large array. */
export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    const item = this.items[this.head];
    if (this.head < this.items.length) this.items[this.head++] = undefined;
    if (this.head >= COMPACT_AT && this.head * 2 >= this.items.length) this.compact();
    return item;
  }

  private compact(): void {
    this.items = this.items.slice(this.head);
    this.head = 0;
  }
}
