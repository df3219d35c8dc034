import { inspect } from 'node:util';
import type { Granule } from '../granule/items.js';
import type { GranuleMessage } from '../granule/message.js';
import { requiredEnv } from '../runtime/env.js';
import { MessageError } from '../runtime/errors.js';
import { excerpt } from '../runtime/text.js';
import { granulePattern } from './granule-pattern.js';
import { parseS3Href, s3Href } from '../source/s3-href.js';

/**
 * Returns the granule of a message for a pipeline without app.ts: an event of S3 about a key that matches
 * granule_pattern, or a body that is such a key or its s3:// href. Skips events about other keys. Throws MessageError
 * for other bodies.
 */
export function parseKeyMessage(message: GranuleMessage): Granule | undefined {
  const pattern = granulePattern();
  if (message.type === 's3-object')
    return pattern.test(message.key) ? { href: message.href } : undefined;
  const { body } = message;
  if (typeof body !== 'string') throw notKey(inspect(body, { depth: 2, breakLength: Infinity }));
  const { bucket, key } = body.startsWith('s3://')
    ? parseS3Href(body)
    : { bucket: granuleBucket(), key: body };
  if (!pattern.test(key)) throw notKey(body);
  return { href: s3Href({ bucket, key }) };
}

/** The bucket of keys without one: the first `source` of config.yaml. */
export function granuleBucket(): string {
  return requiredEnv('GRANULE_BUCKET');
}

function notKey(given: string): MessageError {
  return new MessageError(
    `the message must be an event of S3, or a key that matches granule_pattern (given ${excerpt(given)})`,
  );
}
