import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SQSRecord } from 'aws-lambda';

/** Granules on disk, from which any number of messages about different granules are made. */
export interface Granules {
  readonly folders: Readonly<Record<string, string>>;
  /** Returns the event with the `index`-th batch of notifications. */
  readonly batch: (index: number, size: number) => { readonly Records: readonly SQSRecord[] };
}

interface ProductInfo {
  readonly path: string;
  readonly filenameMap: Readonly<Record<string, string>>;
}

const DATA_TAKE = /_[0-9A-F]{6}(?=_[0-9A-F]{4}$)/;

/** Finds the granules below a folder by their productInfo.json. Throws if there are none. */
export function granulesIn(root: string): Granules {
  const found = execFileSync('find', [root, '-name', 'productInfo.json'], { encoding: 'utf8' });
  const files = found.split('\n').filter((file) => file !== '');
  if (files.length === 0) throw new Error(`${root}: there is no granule`);
  const infos = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as ProductInfo);
  const folders = files
    .map(dirname)
    .map((folder) => [basename(folder).replace(DATA_TAKE, ''), folder]);
  return {
    folders: Object.fromEntries(folders) as Record<string, string>,
    batch: (batch, size) => ({
      Records: Array.from({ length: size }, (_, index) => {
        const number = batch * size + index;
        const info = infos[number % infos.length];
        if (info === undefined) throw new Error('there is no granule');
        return recordOf(info, number);
      }),
    }),
  };
}

/** Each message is about another data take, because equal Items of a batch would be posted once. */
function recordOf({ path, filenameMap }: ProductInfo, number: number): SQSRecord {
  const dataTake = number.toString(16).toUpperCase().padStart(6, '0');
  const other = path.replace(DATA_TAKE, `_${dataTake}`);
  const message = { id: basename(other), path: other, productType: 'GRD', filenameMap };
  const id = `message-${number}`;
  return {
    messageId: id,
    receiptHandle: id,
    body: JSON.stringify({
      Type: 'Notification',
      MessageId: id,
      TopicArn: 'arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C',
      Message: JSON.stringify(message),
      Timestamp: '2026-11-29T00:00:00.000Z',
    }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1795910400000',
      SenderId: 'bench',
      ApproximateFirstReceiveTimestamp: '1795910400000',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:bench',
    awsRegion: 'eu-central-1',
  };
}

/** The granules of the sample, which are in the repository. */
export const SAMPLE = join(import.meta.dirname, '../../../pipelines/sentinel1/sample/bucket');
