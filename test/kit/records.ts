import { readFileSync } from 'node:fs';

import type { SQSEvent, SQSRecord } from 'aws-lambda';

import { LocalQueue } from '../../local/queue/queue.js';

/** The JSON of a file, a new value each time: tests may change it. `url` is as `new URL('x.json', import.meta.url)`. */
export function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** SQS records of bodies as a queue would deliver them; a body that is no text is sent as JSON. */
export function recordsOf(bodies: readonly unknown[], { receives = 1 } = {}): SQSRecord[] {
  const queue = new LocalQueue({ visibilityTimeoutSeconds: 0 });
  for (const body of bodies) queue.send(typeof body === 'string' ? body : JSON.stringify(body));
  let records: SQSRecord[] = [];
  for (let count = 0; count < receives; count++) records = queue.receive(bodies.length);
  return records;
}

export function eventOf(
  bodies: readonly unknown[],
  options?: { readonly receives?: number },
): SQSEvent {
  return { Records: recordsOf(bodies, options) };
}

/** A message as a topic wraps it for a queue that is subscribed to it. */
export function snsEnvelope(message: unknown): object {
  return {
    Type: 'Notification',
    MessageId: '00000000-0000-0000-0000-000000000000',
    TopicArn: 'arn:aws:sns:eu-central-1:123456789012:granules',
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    Timestamp: '2024-01-01T00:00:00.000Z',
  };
}

/** The notification that S3 sends of a new object. */
export function s3Event(bucket: string, key: string): object {
  const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
  const object = { key: encoded, size: 1, eTag: '0', sequencer: '0' };
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
