import type { SQSRecord } from 'aws-lambda';

/** Printable ASCII, which is valid in a header, a message attribute and a log line. */
const CORRELATION_ID = /^[!-~]{1,128}$/;

/** Returns an id that the sender chose; undefined if it cannot be used as a header or a message attribute. */
export function tryCorrelationId(given: string | undefined): string | undefined {
  return given !== undefined && CORRELATION_ID.test(given) ? given : undefined;
}

/** Returns the correlation id that the message was sent with, or the id of the message if there is none. */
export function correlationIdOf({ messageAttributes, messageId }: SQSRecord): string {
  return tryCorrelationId(messageAttributes['correlation_id']?.stringValue) ?? messageId;
}
