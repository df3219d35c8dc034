import type { SQSRecord } from 'aws-lambda';

/** Printable ASCII: what a header, a message attribute and a log line can all hold. */
const CORRELATION_ID = /^[!-~]{1,128}$/;

/** An id that somebody else gave to a message; undefined where it could not travel with it. */
export function tryCorrelationId(given: string | undefined): string | undefined {
  return given !== undefined && CORRELATION_ID.test(given) ? given : undefined;
}

/** The one that the message was sent with, else its own id. */
export function correlationIdOf({ messageAttributes, messageId }: SQSRecord): string {
  return tryCorrelationId(messageAttributes['correlation_id']?.stringValue) ?? messageId;
}
