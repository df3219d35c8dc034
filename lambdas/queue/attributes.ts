import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

/** The attributes of a message that a sender sets; all are strings. SQS allows ten. */
export type MessageAttributes = Readonly<Record<string, string>>;

/**
 * Marks a message that a backfill sent; the value is the id of its pipeline. It is the body's origin, so that whatever
 * sends the body again sends this attribute with it.
 */
export const BACKFILL_ATTRIBUTE = 'backfill';

/**
 * Marks a dead letter that is a refused row of an inventory and no message; the value is the key of the row. Sending it
 * again cannot help.
 */
export const ROW_ATTRIBUTE = 'refused_row';

/** Marks a message whose Items are posted although newer versions of them are in the catalogue. */
export const FORCE_ATTRIBUTE = 'force_version';

/** Whether the Items of a message are posted although newer versions of them are in the catalogue. */
export function isForced({ messageAttributes }: ReceivedAttributes): boolean {
  return messageAttributes[FORCE_ATTRIBUTE]?.stringValue === 'true';
}

/** Returns the attributes of a message that the backfill of the pipeline sends; of any other message (undefined), none. */
export function backfillAttributes(pipelineId: string | undefined): MessageAttributes {
  return pipelineId === undefined ? {} : { [BACKFILL_ATTRIBUTE]: pipelineId };
}

/** The attributes of a received message, in the form of Lambda's records. */
export interface ReceivedAttributes {
  readonly messageAttributes: Readonly<
    Record<string, { readonly stringValue?: string | undefined } | undefined>
  >;
}

/** Returns the id of the pipeline whose backfill sent the message; undefined if no backfill did. */
export function backfillOf({ messageAttributes }: ReceivedAttributes): string | undefined {
  return messageAttributes[BACKFILL_ATTRIBUTE]?.stringValue;
}

const STRING_TYPE = 'String';

/** Converts strings to the message attributes of the SDK. */
export function stringAttributes(values: MessageAttributes): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [
      name,
      { DataType: STRING_TYPE, StringValue },
    ]),
  );
}

/** Returns the bytes that count towards the size limits of SQS: names, types and values. */
export function attributeBytes(values: MessageAttributes): number {
  return Object.entries(values).reduce(
    (bytes, [name, value]) =>
      bytes + Buffer.byteLength(name) + STRING_TYPE.length + Buffer.byteLength(value),
    0,
  );
}
