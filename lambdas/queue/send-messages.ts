import { systemClock, type Clock } from '../runtime/clock.js';
import { tryParseJson } from '../runtime/json.js';
import { retry } from '../runtime/retry.js';
import { attributeBytes } from './attributes.js';
import {
  MAX_BATCH_ENTRIES,
  SendError,
  type MessageQueue,
  type QueueMessage,
  type SendFailure,
} from './queue.js';

export interface OutgoingMessage extends QueueMessage {
  /** Identifies the message in reports. */
  readonly key: string;
}

export interface RefusedMessage {
  readonly key: string;
  readonly reason: string;
  /** The stack of an error that was not thrown on purpose. */
  readonly stack?: string;
}

export interface SendResult {
  readonly sent: number;
  readonly refused: readonly RefusedMessage[];
}

export interface SendOptions {
  /** Maximum number of concurrent batches. @default 16 */
  readonly parallel?: number;
  readonly clock?: Clock;
}

// All waits together take at most 23 s, which is within the lease of a backfill.
const MAX_ATTEMPTS = 8;
const BACKOFF = { firstMs: 200, maxMs: 10_000 };

interface Sendable extends OutgoingMessage {
  /** Size of the body and the attributes. */
  readonly bytes: number;
}

/**
 * Sends all messages in batches, in no particular order. A message that the queue can never accept is returned as
 * refused and does not stop the others. Throws SendError if the others could not all be sent; some of them may have been.
 */
export async function sendMessages(
  messages: Iterable<OutgoingMessage>,
  queue: MessageQueue,
  { parallel = 16, clock = systemClock }: SendOptions = {},
): Promise<SendResult> {
  const refused: RefusedMessage[] = [];
  const batches = batchesOf(messages, { maxBytes: await queue.maxBytes(), refused });
  let sent = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    // The lanes share one iterator: each takes the next batch when it is free.
    for (;;) {
      const next = failed ? undefined : batches.next();
      if (next === undefined || next.done === true) return;
      try {
        const taken = await sendBatch(next.value, { queue, clock, refused });
        sent += taken;
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: parallel }, lane));
  const broken = lanes.find((result) => result.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return { sent, refused };
}

/** Yields batches within the limits of the queue (10 entries, `maxBytes` in all) and refuses messages that are too long. */
function* batchesOf(
  messages: Iterable<OutgoingMessage>,
  { maxBytes, refused }: { readonly maxBytes: number; readonly refused: RefusedMessage[] },
): Generator<Sendable[], undefined> {
  let batch: Sendable[] = [];
  let total = 0;
  for (const { key, body: given, attributes } of messages) {
    const { body, bytes: bodyBytes } = sendableBody(given);
    const bytes = bodyBytes + (attributes === undefined ? 0 : attributeBytes(attributes));
    const fault = faultOf({ bytes, bodyBytes, maxBytes });
    if (fault !== undefined) {
      refused.push({ key, reason: fault });
      continue;
    }
    if (batch.length === MAX_BATCH_ENTRIES || total + bytes > maxBytes) {
      yield batch;
      batch = [];
      total = 0;
    }
    batch.push({ key, body, attributes, bytes });
    total += bytes;
  }
  if (batch.length > 0) yield batch;
}

interface Sizes {
  readonly bytes: number;
  readonly bodyBytes: number;
  readonly maxBytes: number;
}

function faultOf({ bytes, bodyBytes, maxBytes }: Sizes): string | undefined {
  if (bodyBytes === 0) return 'the body is empty, which SQS does not accept';
  if (bytes <= maxBytes) return undefined;
  const others = bytes - bodyBytes;
  const attributes = others === 0 ? '' : ` and its attributes ${others}`;
  return `the body has ${bodyBytes} bytes${attributes}; the queue accepts at most ${maxBytes}`;
}

interface BatchTools {
  readonly queue: MessageQueue;
  readonly clock: Clock;
  readonly refused: RefusedMessage[];
}

/** Returns the number of messages sent. Only the entries that failed are sent again. */
async function sendBatch(batch: readonly Sendable[], tools: BatchTools): Promise<number> {
  let pending = batch;
  let refusals = 0;
  const attempt = async (): Promise<void> => {
    const failures = await tools.queue.sendBatch(pending);
    const faults = failures.filter(({ senderFault }) => senderFault);
    for (const { index, reason } of faults) {
      tools.refused.push({ key: pending[index]?.key ?? '', reason });
    }
    refusals += faults.length;
    const again = failures.filter(({ senderFault }) => !senderFault);
    if (again.length === 0) return;
    const error = new NotTakenError(again, pending);
    pending = again.flatMap(({ index }) => pending[index] ?? []);
    throw error;
  };
  await retry(attempt, {
    tries: MAX_ATTEMPTS,
    deadline: Infinity,
    backoff: BACKOFF,
    isRetryable: (error) => error instanceof NotTakenError,
    clock: tools.clock,
  });
  return batch.length - refusals;
}

/** Thrown when the queue did not accept some valid entries of a batch. */
class NotTakenError extends SendError {
  constructor(failures: readonly SendFailure[], pending: readonly Sendable[]) {
    const [first] = failures;
    const key = pending[first?.index ?? 0]?.key ?? '';
    super(
      `the queue did not accept ${failures.length} messages in ${MAX_ATTEMPTS} attempts, among them '${key}': ${first?.reason ?? ''}`,
    );
  }
}

/** A message body in the form in which it is sent. */
export interface SendableBody {
  readonly body: string;
  /** Length in UTF-8, which is what the limits of SQS refer to. */
  readonly bytes: number;
}

// A fast path: most bodies are printable ASCII and need only this check.
const NOT_PLAIN = /[^\t\n\r -~]/;
/** The characters that SQS rejects. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * Converts a body to one that SQS accepts and that has the same meaning, whatever characters a key contains. In JSON,
 * every character beyond ASCII is escaped. Other text is unchanged, or becomes a JSON string if SQS would reject it.
 */
export function sendableBody(body: string): SendableBody {
  if (!NOT_PLAIN.test(body)) return { body, bytes: body.length };
  const sendable = escaped(body);
  return { body: sendable, bytes: Buffer.byteLength(sendable) };
}

function escaped(body: string): string {
  if (/^\s*["[{]/.test(body) && tryParseJson(body) !== undefined) return escapeToAscii(body);
  return ILLEGAL.test(body) ? escapeToAscii(JSON.stringify(body)) : body;
}

function escapeToAscii(json: string): string {
  // In JSON such characters occur only in strings, where an escape sequence has the same meaning.
  return json.replace(
    /[\u007F-\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
