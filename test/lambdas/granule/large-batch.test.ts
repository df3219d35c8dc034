import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, jest, test } from '@jest/globals';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { recordQueue } from '../../../lambdas/queue/dead-letters.js';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import { exampleHandler, received, sqsRecord } from '../../support/granule.js';
import { serverPerTest } from '../../support/test-server.js';

const startServer = serverPerTest();

interface Request {
  readonly Entries?: readonly { readonly Id: string }[];
}

/** SQS that answers each request after 15 ms. */
async function slowSqs() {
  const server = await startServer(({ body }, response) => {
    const { Entries = [] } = JSON.parse(body) as Request;
    const Successful = Entries.map(({ Id }) => ({ Id, MessageId: Id, MD5OfMessageBody: '' }));
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ Successful, Failed: [] }));
    }, 15);
  });
  const sqs = new SQSClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    md5: false,
  });
  const urls = { queueUrl: `${server.url}/1/q`, deadLettersUrl: `${server.url}/1/d` };
  return { queue: recordQueue({ ...urls, sqs }), requests: server.seen };
}

// The time is real, so a machine that does something else for seconds fails the test; a handler that is too slow always does.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

test.each([
  ['put back', { receives: 1, failed: 1000, calls: 100 }],
  // Before they are processed, messages of later receives are set apart.
  ['dead-lettered', { receives: MAX_RECEIVE_COUNT, failed: 0, calls: 200 }],
])(
  'a batch of 1,000 messages whose posts take all of the time is %s before the function times out',
  async (_, { receives, failed, calls }) => {
    const timeoutMs = 12_000;
    const { queue, requests } = await slowSqs();
    const started = performance.now();
    const remainingMs = () => timeoutMs - (performance.now() - started);
    const postItem = (_item: unknown, { timeoutMs: limit = 0 }: { timeoutMs?: number }) =>
      new Promise<void>((__, reject) => {
        setTimeout(() => {
          reject(new IngestorError('the ingestor hangs', { kind: 'transient' }));
        }, limit - 20);
      });
    const { run } = exampleHandler({}, { queue, postItem });
    const records = Array.from({ length: 1000 }, (__, index) => {
      const name = `i${String(index)}`;
      return sqsRecord({ name }, received(receives));
    });

    expect(await run(records, remainingMs)).toHaveLength(failed);

    expect(remainingMs()).toBeGreaterThan(0);
    expect(requests).toHaveLength(calls);
  },
);
