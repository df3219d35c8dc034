import type { SQSRecord } from 'aws-lambda';
import { granuleHandler } from '../../lambdas/granule-handler.js';
import { MAX_RECEIVE_COUNT } from '../../lambdas/granule/outcome.js';
import { silentLog } from '../../lambdas/runtime/log.js';
import { silentMeter } from '../../lambdas/runtime/metrics.js';
import type { Item } from '../../lambdas/stac/stac.js';
import { figure, median, type Figures, type Print } from './figures.js';
import { maker, sampleFolder } from './sample.js';
import { readSource } from '../kit/read-source.js';

const BATCH = 10;
const BATCHES = 200;
const ROUNDS = 11;

/** Measures what the handler adds to each record, with an Item of the sample. */
export async function benchHandler(print: Print): Promise<Figures> {
  const item = await maker(sampleFolder())();
  const ms = await handlerOverheadMs(item, 'sentinel1-grd');
  print('handler overhead per record', `${ms.toFixed(3)} ms`);
  return { msPerRecord: figure(ms) };
}

/**
 * Measures the median milliseconds that the handler adds to each Item: parsing the message, checking the Item and
 * finishing the record, without network. Every message names another granule, because equal ones would be merged.
 */
async function handlerOverheadMs(item: Item, collectionId: string): Promise<number> {
  const handler = granuleHandler({
    collectionId,
    parseMessage: (message) => ({ href: message.type === 'custom' ? String(message.body) : '' }),
    createItem: ({ href }) => Promise.resolve({ ...item, id: href }),
  }).with({
    source: readSource(),
    postItem: () => Promise.resolve(),
    log: silentLog,
    meter: silentMeter,
    queue: { sendToDeadLetters: refused, returnLater: refused },
    retry: { pipeline: 'bench', maxReceiveCount: MAX_RECEIVE_COUNT, retryDelaySeconds: 30 },
  });
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const started = performance.now();
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const { batchItemFailures } = await handler({ Records: recordsOf(batch) }, CONTEXT);
      if (batchItemFailures.length > 0) throw new Error('a record of the bench failed');
    }
    rounds.push((performance.now() - started) / (BATCH * BATCHES));
  }
  // The first round is a warm-up.
  return median(rounds.slice(1));
}

const CONTEXT = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 };

/** A failed record is a bug of the bench. */
function refused(): Promise<never> {
  return Promise.reject(new Error('no record of the bench may fail'));
}

function recordsOf(batch: number): SQSRecord[] {
  return Array.from({ length: BATCH }, (_, index) => {
    const id = `granule-${batch}-${index}`;
    return {
      messageId: id,
      receiptHandle: id,
      body: JSON.stringify(id),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1700000000000',
        SenderId: 'bench',
        ApproximateFirstReceiveTimestamp: '1700000000000',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:bench',
      awsRegion: 'eu-central-1',
    };
  });
}
