import { readFileSync } from 'node:fs';
import { encodedS3Key } from '../../../lambdas/source/s3-event.js';
import type { Dataset } from '../dataset.js';

/**
 * Returns the files of the sample, by their paths in the pipeline's folder: none for a package in Python without a
 * granule, because it makes no Item of an empty file.
 */
export function sampleFiles(dataset: Dataset): Readonly<Record<string, string | Uint8Array>> {
  const { key, area, inventory, inventoryLocation = '', bucket, python } = dataset;
  if (python !== undefined && python.sample === undefined) return {};
  const inBucket = (name: string): string => `sample/bucket/${name}`;
  const listing = inventoryLocation.slice(`s3://${bucket}/`.length);
  const isOwnListing = inventory === 'listing' && inventoryLocation === `s3://${bucket}/${listing}`;
  return {
    [inBucket(key)]: python?.sample === undefined ? '' : readFileSync(python.sample),
    ...(area.kind === 'metadata' && { [inBucket(area.file.key)]: metadataSample(dataset) }),
    ...(isOwnListing && /\.(txt|csv)$/.test(listing) && { [inBucket(listing)]: `${key}\n` }),
    'sample/messages.ndjson': `${JSON.stringify(notificationOf(dataset))}\n`,
  };
}

/** The example message as one line of JSON. */
export function messageTextOf({ message }: Dataset): string {
  return JSON.stringify(message?.message);
}

/** The message that the queue gets: the topic's, in the envelope of SNS, or the key without a topic. */
function notificationOf({ topic, message, bucket, key }: Dataset): unknown {
  if (topic === undefined) return key;
  const s3 = { bucket: { name: bucket }, object: { key: encodedS3Key(key) } };
  const event = { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] };
  return {
    Type: 'Notification',
    MessageId: '00000000-0000-4000-8000-000000000001',
    TopicArn: topic,
    Message: JSON.stringify(message?.message ?? event),
    Timestamp: '2024-01-01T00:00:00.000Z',
  };
}

const RING = [
  [9.9, 53.5],
  [10.1, 53.5],
  [10.1, 53.6],
  [9.9, 53.6],
];

function metadataSample({ area, day, start }: Dataset): string {
  const datetime = day === undefined ? `${start}T00:00:00Z` : undefined;
  if (area.kind === 'metadata' && area.file.format === 'xml') {
    const time = datetime === undefined ? '' : `  <datetime>${datetime}</datetime>\n`;
    const points = RING.map((point) => point.join(' ')).join(' ');
    return `<granule>\n${time}  <footprint>${points}</footprint>\n</granule>\n`;
  }
  return `${JSON.stringify({ datetime, footprint: RING })}\n`;
}
