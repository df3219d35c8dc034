import { readFileSync } from 'node:fs';

import type { SQSEvent, SQSRecord } from 'aws-lambda';

import { encodedS3Key } from '../../lambdas/source/s3-event.js';
import { LocalQueue } from '../../local/queue/local-queue.js';

/**
 * Reads a JSON file. Each call returns a new value, which tests may change.
 * @example
 * const expected = readJson(new URL('fixtures/item.json', import.meta.url));
 */
export function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/**
 * Returns SQS records with these bodies, as a queue delivers them; a body that is not text becomes JSON.
 * @example
 * const [record] = recordsOf([s3Event('waves', '1/meta.xml')], { receives: 5 });
 */
export function recordsOf(bodies: readonly unknown[], { receives = 1 } = {}): SQSRecord[] {
  const queue = new LocalQueue({ visibilityTimeoutSeconds: 0 });
  for (const body of bodies) queue.send(typeof body === 'string' ? body : JSON.stringify(body));
  let records: SQSRecord[] = [];
  for (let count = 0; count < receives; count++) records = queue.receive(bodies.length);
  return records;
}

/**
 * Returns the event that Lambda passes to a handler: a batch of records, as recordsOf makes them.
 * @example
 * await handler.with(collaborators)(eventOf([body]), context);
 */
export function eventOf(
  bodies: readonly unknown[],
  options?: { readonly receives?: number },
): SQSEvent {
  return { Records: recordsOf(bodies, options) };
}

/**
 * Wraps a message as SNS does for a subscribed queue.
 * @example
 * const body = snsEnvelope(s3Event('waves', '1/meta.xml'));
 */
export function snsEnvelope(message: unknown): object {
  return {
    Type: 'Notification',
    MessageId: '00000000-0000-0000-0000-000000000000',
    TopicArn: 'arn:aws:sns:eu-central-1:123456789012:granules',
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    Timestamp: '2024-01-01T00:00:00.000Z',
  };
}

/**
 * Returns the notification that S3 sends for a new object. The key is encoded as S3 encodes it.
 * @example
 * const body = s3Event('waves', 'red flower/a+b.tif');
 */
export function s3Event(bucket: string, key: string): object {
  const object = { key: encodedS3Key(key), size: 1, eTag: '0', sequencer: '0' };
  return {
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object },
      },
    ],
  };
}
