import type * as z from 'zod/mini';
import { tryCorrelationId } from './correlation-id.js';
import { MessageError } from '../runtime/errors.js';
import { excerpt } from '../runtime/text.js';
import {
  EventBridgeSchema,
  RecordsSchema,
  S3RecordSchema,
  SnsEnvelopeSchema,
  SnsRecordSchema,
  TestEventSchema,
} from './message-schemas.js';
import { s3Href } from '../source/s3-href.js';

/** A created object, from an S3 notification that arrived directly, through SNS or through EventBridge. */
export interface S3ObjectMessage {
  readonly type: 's3-object';
  readonly bucket: string;
  /** The key as in S3, decoded. */
  readonly key: string;
  /** `s3://<bucket>/<key>` */
  readonly href: string;
  /** For example `ObjectCreated:Put`. */
  readonly eventName?: string;
  /** Size of the object in bytes. */
  readonly size?: number;
  readonly eTag?: string;
  readonly sequencer?: string;
}

/** Any other message, from a topic or a backfill. `body` is the parsed JSON, or the text if it is not JSON. */
export interface CustomMessage {
  readonly type: 'custom';
  readonly body: unknown;
}

export type GranuleMessage = S3ObjectMessage | CustomMessage;

/** A part of a message that produces no Item, with the reason. */
export interface SkippedMessage {
  readonly reason:
    'test-event' | 'no-records' | 'not-a-creation' | 'folder-marker' | 'subscription-confirmation';
  readonly detail: string;
}

export interface ParsedBody {
  readonly messages: readonly GranuleMessage[];
  readonly skipped: readonly SkippedMessage[];
  /** One error for each record that cannot be read, if others of the same event can. */
  readonly faults?: readonly MessageError[];
  /** The MessageId of the SNS envelope, which is the same for every delivery of a notification. */
  readonly notificationId?: string;
}

/**
 * Parses the body of a queue message:
 * 1. unwraps the SNS envelope, unless the subscription delivers raw messages;
 * 2. recognizes events of S3 and EventBridge, and returns one message for each created object;
 * 3. returns anything else as a custom message.
 * Throws MessageError if the body is empty, or if no record of an event can be read.
 */
export function parseBody(body: string): ParsedBody {
  if (body.trim() === '') throw new MessageError('the message is empty');
  const value = parseJson(body);
  const envelope = tryParse(SnsEnvelopeSchema, value, 'Type');
  return envelope ? parseNotification(envelope) : parseEvent(value);
}

/** Checks for `key` first, because rejecting a value through the schema takes a hundred times as long. */
function tryParse<T>(schema: z.ZodMiniType<T>, value: unknown, key: string): T | undefined {
  if (typeof value !== 'object' || value === null || !(key in value)) return undefined;
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

type SnsEnvelope = z.infer<typeof SnsEnvelopeSchema>;

function parseNotification({ Type, Message, TopicArn, MessageId }: SnsEnvelope): ParsedBody {
  if (Type === 'Notification') {
    const parsed = parseEvent(parseJson(Message));
    const notificationId = tryCorrelationId(MessageId);
    return notificationId === undefined ? parsed : { ...parsed, notificationId };
  }
  // Never confirmed automatically, because anyone could have put the URL into the message.
  const detail =
    `${Type} from ${TopicArn}: if this topic is yours, confirm with ` +
    `'aws sns confirm-subscription --topic-arn ${TopicArn} --token ...' (the token is in the message)`;
  return skip({ reason: 'subscription-confirmation', detail });
}

function parseEvent(value: unknown): ParsedBody {
  if (tryParse(TestEventSchema, value, 'Event')) {
    return skip({
      reason: 'test-event',
      detail: 's3:TestEvent, which S3 sends when a notification is configured',
    });
  }
  const records = tryParse(RecordsSchema, value, 'Records');
  if (records) return parseRecords(records.Records);
  const event = tryParse(EventBridgeSchema, value, 'detail-type');
  if (event) return parseEventBridge(event);
  return { messages: [{ type: 'custom', body: value }], skipped: [] };
}

function parseRecords(records: readonly unknown[]): ParsedBody {
  if (records.length === 0) return skip({ reason: 'no-records', detail: 'Records is empty' });
  const parsed = records.map(tryParseRecord);
  const faults = parsed.flatMap((record) => record.faults ?? []);
  if (faults[0] !== undefined && faults.length === records.length) throw faults[0];
  return {
    messages: parsed.flatMap(({ messages }) => messages),
    skipped: parsed.flatMap(({ skipped }) => skipped),
    ...(faults.length > 0 && { faults }),
  };
}

/** A record that cannot be read must not affect the others of its event. */
function tryParseRecord(record: unknown): ParsedBody {
  try {
    return parseRecord(record);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    return { messages: [], skipped: [], faults: [error] };
  }
}

function parseRecord(record: unknown): ParsedBody {
  const sns = tryParse(SnsRecordSchema, record, 'Sns');
  if (sns) return parseNotification(sns.Sns);
  const s3 = S3RecordSchema.safeParse(record);
  if (!s3.success) {
    throw new MessageError(`not an S3 event record: ${excerpt(JSON.stringify(record))}`);
  }
  const {
    eventName,
    s3: { bucket, object },
  } = s3.data;
  return objectCreated({
    ...withoutUndefined(object),
    bucket: bucket.name,
    key: decodeKey(object.key),
    eventName: eventName.replace(/^s3:/, ''),
  });
}

function parseEventBridge({
  'detail-type': eventName,
  detail: { bucket, object },
}: EventBridgeEvent): ParsedBody {
  const { etag, ...rest } = object;
  // Only S3's own notifications encode the key; EventBridge delivers it unchanged.
  return objectCreated({
    ...withoutUndefined({ ...rest, eTag: etag }),
    bucket: bucket.name,
    key: object.key,
    eventName: eventName === 'Object Created' ? 'ObjectCreated' : eventName,
  });
}

type EventBridgeEvent = z.infer<typeof EventBridgeSchema>;
type S3Object = Omit<S3ObjectMessage, 'type' | 'href'> & { readonly eventName: string };

function objectCreated(object: S3Object): ParsedBody {
  const { bucket, key, eventName, size } = object;
  const href = s3Href({ bucket, key });
  if (!eventName.startsWith('ObjectCreated')) {
    return skip({ reason: 'not-a-creation', detail: `${eventName} of ${href}` });
  }
  if (key.endsWith('/') && size === 0) return skip({ reason: 'folder-marker', detail: href });
  return { messages: [{ ...object, type: 's3-object', href }], skipped: [] };
}

/** S3 form-encodes the keys in its notifications: a space as '+', a plus as '%2B'. */
function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (cause) {
    throw new MessageError(`the object key '${excerpt(encoded)}' is not URL-encoded UTF-8`, {
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function skip(skipped: SkippedMessage): ParsedBody {
  return { messages: [], skipped: [skipped] };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}
