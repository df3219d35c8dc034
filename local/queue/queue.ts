import { randomUUID } from 'node:crypto';

import type { SQSRecord } from 'aws-lambda';

import { Fifo } from './fifo.js';
import { type DeliveredMessage, REGION, toRecord } from './record.js';

/** What one receive returns at most. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const MAX_RECEIVE = 10;

/** Milliseconds since 1970. */
export type Clock = () => number;

export interface LocalQueueOptions {
  readonly name?: string;
  /** How long a received message stays hidden. @default 30 */
  readonly visibilityTimeoutSeconds?: number;
  /** After so many receives without a delete, the next one moves the message to `deadLetters`. @default no limit */
  readonly maxReceiveCount?: number;
  readonly deadLetters?: DeadLetterTarget;
  readonly clock?: Clock;
}

/** Where SQS itself puts what was received too often: the same body and attributes, and no reason. */
export interface DeadLetterTarget {
  send(body: string, options?: SendOptions): string;
}

export interface SendOptions {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly delaySeconds?: number;
  readonly messageId?: string;
  /** Kept when a message moves to the dead letters: SQS counts its age from the first queue. */
  readonly sentTimestamp?: number;
}

interface StoredMessage extends DeliveredMessage {
  receives: number;
  firstReceived: number | undefined;
  visibleAt: number;
}

/**
 * An SQS standard queue in the process: batches, visibility, receive counts, dead letters.
 * Differs from SQS in that order is kept and nothing is delivered twice without a cause.
 */
export class LocalQueue {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  private readonly ready = new Fifo<StoredMessage>();
  /** In flight under the receipt handle of the last receive, or delayed under the message id. */
  private readonly hidden = new Map<string, StoredMessage>();
  /** No hidden message becomes visible before this time: spares looking at them all on each receive. */
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

  /** Characters of all bodies held, for a sender that keeps memory bounded. */
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

  /** Up to `max` messages, hidden for the time-out of the queue; an empty list where none is visible. */
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

  /** A handle of an earlier receive deletes nothing, as on a standard queue whose message was received again. */
  delete(receiptHandle: string): boolean {
    const message = this.hidden.get(receiptHandle);
    if (!message) return false;
    this.heldBytes -= message.body.length;
    return this.hidden.delete(receiptHandle);
  }

  /** 0 seconds make the message visible at once. */
  changeVisibility(receiptHandle: string, seconds: number): boolean {
    const message = this.hidden.get(receiptHandle);
    if (!message) return false;
    this.hide(receiptHandle, message, seconds);
    return true;
  }

  /** When the next hidden message may become visible; undefined where none is hidden. */
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
