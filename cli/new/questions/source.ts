import { FieldError } from '../../../modules/config/values/error.js';
import {
  parseRegion,
  parseStandardTopicArn,
  partitionOf,
} from '../../../modules/config/values/arn.js';
import { parseS3Location } from '../../../modules/config/values/s3-location.js';
import type { Answers, Question } from '../answers.js';
import { oneOf } from './parsers.js';

const REGION = 'eu-central-1';

/** Questions about the bucket and the topic. */
export const SOURCE_QUESTIONS: readonly Question[] = [
  {
    name: 'bucket',
    flag: '--bucket <name>',
    says: 'the bucket of the granules: its name, s3:// href or ARN',
    asks: 'The bucket of the granules:',
    default: ({ key = '', message = '' }, id) =>
      bucketIn(key) ?? bucketIn(/"(s3:[^"]+)"/.exec(message)?.[1] ?? '') ?? madeUpBucket(id),
    isMadeUp: ({ key = '', message = '' }) =>
      bucketIn(key) === undefined && !message.includes('"s3://'),
    parse: parseBucket,
  },
  {
    name: 'region',
    flag: '--region <region>',
    says: 'the region of the bucket, in which the stack is deployed',
    asks: 'The region of the bucket:',
    default: ({ topic = '' }) => /^arn:[^:]*:sns:([^:]+):/.exec(topic)?.[1] ?? REGION,
    isMadeUp: ({ topic = '' }) => !topic.startsWith('arn:'),
    parse: (value) => parseRegion(value),
  },
  {
    name: 'requesterPays',
    flag: '--requester-pays [yes|no]',
    says: 'whether the reader pays for the requests to the bucket',
    asks: 'Does the reader pay for requests to the bucket (Requester Pays), yes or no?',
    default: () => 'no',
    parse: oneOf('yes', 'no'),
  },
  {
    name: 'topic',
    flag: '--topic <arn>',
    says: 'the ARN of the SNS topic that announces new granules, or none',
    asks: 'The ARN of the topic that announces new granules:',
    useless: ({ messages }) => (messages === 'none' ? '--messages none' : undefined),
    default: ({ region = REGION }, id) =>
      `arn:${partitionOf(region)}:sns:${region}:123456789012:${id.replaceAll('_', '-')}`,
    isMadeUp: () => true,
    parse: parseTopic,
  },
];

/** A name that may be that of a bucket, which has at least three characters. */
function madeUpBucket(id: string): string {
  const name = id.replaceAll('_', '-').replace(/-+$/, '');
  return name.length < 3 || id.endsWith('_') ? `${name}-data` : name;
}

function bucketIn(key: string): string | undefined {
  return /^s3:\/\/([^/]+)/.exec(key)?.[1];
}

function parseBucket(value: string, { key = '' }: Answers): string {
  const name = value.replace(/^(?:s3:\/\/|arn:[^:]*:s3:::)/, '').replace(/\/$/, '');
  const { bucket } = parseS3Location(`s3://${name}`);
  if (bucket !== name) throw new FieldError('must be the name of a bucket, without a prefix');
  const other = bucketIn(key);
  if (other === undefined || other === bucket) return bucket;
  throw new FieldError(`must be the bucket of the example key, ${other}`);
}

function parseTopic(value: string, { messages, region = REGION }: Answers): string {
  if (value === 'none') {
    throw new FieldError(
      `must be an ARN with --messages ${messages ?? ''}: without a topic, use --messages none`,
    );
  }
  const { partition } = parseStandardTopicArn(value);
  if (partition === partitionOf(region)) return value;
  throw new FieldError(
    `must be of the partition ${partitionOf(region)}, which has the region ${region}`,
  );
}
