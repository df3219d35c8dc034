import type { SQSRecord } from 'aws-lambda';
import { MessageError } from '../../lambdas/runtime/errors.js';
import type { GranuleCollaborators } from '../../lambdas/granule/collaborators.js';
import { MAX_RECEIVE_COUNT } from '../../lambdas/granule/outcome.js';
import {
  granuleHandler,
  type Granule,
  type GranulePipeline,
} from '../../lambdas/granule-handler.js';
import { silentLog, type LogFields } from '../../lambdas/runtime/log.js';
import { silentMeter } from '../../lambdas/runtime/metrics.js';
import type { DeadLetterReason } from '../../lambdas/queue/dead-letters.js';
import type { Item } from '../../lambdas/stac/stac.js';
import { readSource } from '../kit/read-source.js';

export function sqsRecord(body: unknown, fields: Partial<SQSRecord> = {}): SQSRecord {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    messageId: `m-${text}`,
    receiptHandle: `receipt-${text}`,
    body: text,
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:demo-sentinel1-granules',
    awsRegion: 'eu-central-1',
    ...fields,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1700000000000',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '1700000000001',
      ...fields.attributes,
    },
  };
}

export function received(times: number, sentTimestamp = 1_700_000_000_000): Partial<SQSRecord> {
  return {
    attributes: {
      ...sqsRecord('').attributes,
      ApproximateReceiveCount: String(times),
      SentTimestamp: String(sentTimestamp),
    },
  };
}

export function exampleItem(id: string, fields: Partial<Item> = {}): Item {
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    id,
    properties: { datetime: '2022-11-30T01:43:42Z' },
    geometry: { type: 'Point', coordinates: [11, 48] },
    links: [],
    assets: { data: { href: 's3://b/data.tif' } },
    bbox: [11, 48, 11, 48],
    stac_extensions: [],
    ...fields,
  };
}

/** Messages `{"name": "x"}` become Items `x`. */
export const examplePipeline: GranulePipeline<Granule> = {
  collectionId: 'example',
  parseMessage: (message) => {
    const body = message.type === 'custom' ? message.body : { name: message.key };
    if (typeof body !== 'object' || body === null || !('name' in body)) {
      throw new MessageError(`not an example: ${JSON.stringify(body)}`);
    }
    return body.name === 'skip me' ? undefined : { href: String(body.name) };
  },
  createItem: ({ href }) => Promise.resolve(exampleItem(href)),
};

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A handler on stand-ins, with what it did to them. */
export function exampleHandler(
  pipeline: Partial<GranulePipeline<Granule>> = {},
  collaborators: Partial<GranuleCollaborators> = {},
) {
  const posted: Item[] = [];
  const dead: { body: string; reason: DeadLetterReason }[] = [];
  const returned: { body: string; delaySeconds: number }[] = [];
  const lines: LogLine[] = [];
  const write = (level: string) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, fields });
  };
  const handler = granuleHandler({ ...examplePipeline, ...pipeline }).with({
    source: readSource(),
    postItem: (item) => {
      posted.push(item);
      return Promise.resolve();
    },
    log: { ...silentLog, info: write('info'), warn: write('warn'), error: write('error') },
    meter: silentMeter,
    queue: {
      sendToDeadLetters: ({ body }, reason) => {
        dead.push({ body, reason });
        return Promise.resolve();
      },
      returnLater: ({ body }, delaySeconds) => {
        returned.push({ body, delaySeconds });
        return Promise.resolve();
      },
    },
    retry: {
      pipeline: 'example',
      maxReceiveCount: MAX_RECEIVE_COUNT,
      retryDelaySeconds: 30,
      random: () => 1,
    },
    ...collaborators,
  });
  const run = async (records: SQSRecord[], remainingMs: () => number = () => 60_000) => {
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: remainingMs };
    const { batchItemFailures } = await handler({ Records: records }, context);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { run, handler, posted, dead, returned, lines };
}
