import { MessageError } from '../runtime/errors.js';
import type { S3ObjectName } from './s3-href.js';

/**
 * Returns the body of the notification that S3 sends for a new object: for the `rowToMessageBody` of a pipeline whose
 * `parseMessage` expects `s3-object` messages. `key` is the key as S3 stores it, as in the column `key` of an inventory.
 * Throws MessageError if the bucket or the key is empty, or the key is not valid Unicode, which no key in S3 is.
 *
 * @example
 * rowToMessageBody: ({ key }) =>
 *   key?.endsWith('/survey.json') ? s3EventBody('drone-surveys', key) : undefined,
 */
export function s3EventBody(bucket: string, key: string): string {
  checkName({ bucket, key });
  const s3 = { bucket: { name: bucket }, object: { key: encodedS3Key(key) } };
  return JSON.stringify({
    Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }],
  });
}

/** Encodes a key as S3 does in its notifications and CSV reports: as in HTML forms, but with slashes. */
export function encodedS3Key(key: string): string {
  return new URLSearchParams([['', key]]).toString().slice(1).replaceAll('%2F', '/');
}

/** Checks the types too, because JavaScript or a cast can pass an undefined column. */
function checkName({ bucket, key }: Readonly<Record<keyof S3ObjectName, unknown>>): void {
  const isText = [bucket, key].every((value) => typeof value === 'string' && value !== '');
  if (isText && !/\p{Surrogate}/u.test(String(key))) return;
  throw new MessageError(
    `s3EventBody(bucket, key) needs a bucket and a key of valid Unicode (given ${shown(bucket)}, ${shown(key)}): ` +
      'return undefined for a row without a key',
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
