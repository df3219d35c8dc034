import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CorpusFile {
  /** Path as the pipeline reads it. */
  readonly href: string;
  readonly bytes: Buffer;
}

/** The inputs to damage: whole granules and real message bodies. */
export interface Corpus {
  readonly files: readonly CorpusFile[];
  readonly bodies: readonly string[];
}

const BUCKET = 's3://sentinel-s1-l1c';

/** Loads the sample of sentinel1. Throws Error if it is missing. */
export function readCorpus(root = 'pipelines/sentinel1/sample'): Corpus {
  const bucket = join(root, 'bucket');
  const files = readdirSync(bucket, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(safe|json|xml)$/.test(name))
    .map((name) => ({ href: `${BUCKET}/${name}`, bytes: readFileSync(join(bucket, name)) }));
  const manifests = files.filter(({ href }) => href.endsWith('/manifest.safe'));
  const topic = readFileSync(join(root, 'messages.ndjson'), 'utf8').trim().split('\n');
  const bodies = manifests.flatMap(({ href }) => bodiesFor(href.slice(BUCKET.length + 1)));
  return { files, bodies: [...topic, ...bodies] };
}

/** The key of a manifest in every envelope. */
function bodiesFor(key: string): string[] {
  const object = { key: key.replaceAll('/', '%2F'), size: 4096, eTag: 'e', sequencer: '0' };
  const s3 = { bucket: { name: 'sentinel-s1-l1c' }, object };
  const event = JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3 }] });
  const detail = { bucket: { name: 'sentinel-s1-l1c' }, object: { key } };
  const Sns = { Type: 'Notification', MessageId: 'n', TopicArn: 'arn:aws:sns:x', Message: event };
  return [
    event,
    JSON.stringify(Sns),
    JSON.stringify({ Records: [{ Sns }] }),
    JSON.stringify({ 'detail-type': 'Object Created', detail }),
    JSON.stringify({ path: key.replace('/manifest.safe', '') }),
    JSON.stringify({ Event: 's3:TestEvent', Bucket: 'sentinel-s1-l1c' }),
  ];
}
