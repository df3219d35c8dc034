import * as z from 'zod/mini';

/** The formats of the notifications of S3, SNS and EventBridge. */

export const SnsEnvelopeSchema = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  Message: z.string(),
  TopicArn: z._default(z.string(), 'an unnamed topic'),
  MessageId: z.optional(z.string()),
});

export const TestEventSchema = z.object({ Event: z.literal('s3:TestEvent') });

/** Removals lack size and eTag; tag changes lack sequencer. */
export const S3RecordSchema = z.object({
  eventName: z.string(),
  s3: z.object({
    bucket: z.object({ name: z.string().check(z.minLength(1)) }),
    object: z.object({
      key: z.string().check(z.minLength(1)),
      size: z.optional(z.number()),
      eTag: z.optional(z.string()),
      sequencer: z.optional(z.string()),
    }),
  }),
});

/** The record that a Lambda function subscribed to a topic receives; found in queues that such a function feeds. */
export const SnsRecordSchema = z.object({ Sns: SnsEnvelopeSchema });

export const RecordsSchema = z.object({ Records: z.array(z.unknown()) });

export const EventBridgeSchema = z.object({
  'detail-type': z.string(),
  detail: z.object({
    bucket: z.object({ name: z.string().check(z.minLength(1)) }),
    object: z.object({
      key: z.string().check(z.minLength(1)),
      size: z.optional(z.number()),
      etag: z.optional(z.string()),
      sequencer: z.optional(z.string()),
    }),
  }),
});
