import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sqsQueue } from '../../../lambdas/queue/queue.js';
import { sendMessages } from '../../../lambdas/queue/send-messages.js';
import { FakeClock } from '../../support/backfill/collaborators.js';
import { httpServer, json, type Answer } from '../../support/http-server.js';

const BODIES = ['{"key":"a b"}', 'é😀'];
const MESSAGES = BODIES.map((body) => ({ body }));

interface Batch {
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[];
}

let answer: Answer;
let server: Awaited<ReturnType<typeof httpServer>>;
let client: SQSClient;

beforeEach(async () => {
  answer = acceptAll;
  server = await httpServer((request, response) => {
    answer(request, response);
  });
  client = new SQSClient({
    region: 'us-west-2',
    endpoint: server.url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'KEY', secretAccessKey: 'secret' },
  });
});

afterEach(async () => {
  client.destroy();
  await server.close();
});

const queue = () => sqsQueue(`${server.url}/123456789012/granules`, client);

function successOf(Id: string, body: string) {
  const MD5OfMessageBody = createHash('md5').update(body).digest('hex');
  return { Id, MessageId: `m${Id}`, MD5OfMessageBody };
}

/** Responds as SQS does if it accepts every entry. */
const acceptAll: Answer = (request, response) => {
  if (request.headers['x-amz-target'] === 'AmazonSQS.GetQueueAttributes') {
    json(200, { Attributes: {} })(request, response);
    return;
  }
  const { Entries } = JSON.parse(request.body) as Batch;
  const Successful = Entries.map(({ Id, MessageBody }) => successOf(Id, MessageBody));
  json(200, { Successful })(request, response);
};

function sentBatches(): string[][] {
  return server.seen
    .filter(({ headers }) => headers['x-amz-target'] === 'AmazonSQS.SendMessageBatch')
    .map(({ body }) => (JSON.parse(body) as Batch).Entries.map(({ MessageBody }) => MessageBody));
}

describe('a batch', () => {
  test('is sent if the response accepts every entry once, with the MD5 of its body', async () => {
    expect(await queue().sendBatch(MESSAGES)).toEqual([]);
    expect(sentBatches()).toEqual([BODIES]);
  });

  const [first, second] = BODIES.map((body, index) => successOf(String(index), body));
  test.each<[string, number, unknown, readonly number[]]>([
    ['leaves an entry out', 200, { Successful: [first] }, [1]],
    [
      'mentions one entry twice and the other not at all',
      200,
      { Successful: [first, first] },
      [0, 1],
    ],
    ['fails an unknown entry', 200, { Successful: [first], Failed: [{ Id: 'other' }] }, [1]],
    ['accepts an unknown entry', 200, { Successful: [first, { ...second, Id: '2' }] }, [1]],
    [
      'accepts and fails an entry',
      200,
      { Successful: [first, second], Failed: [{ Id: '0' }] },
      [0],
    ],
    [
      'has the MD5 of another body',
      200,
      { Successful: [first, { ...second, MD5OfMessageBody: 'other' }] },
      [0, 1],
    ],
    ['is an error of the server', 500, { Successful: [first, second] }, [0, 1]],
    ['is not JSON', 200, '<html>', [0, 1]],
  ])('is not, or not wholly, sent if the response %s', async (...given) => {
    const [, status, body, failed] = given;
    answer = json(status, body);

    const failures = await queue().sendBatch(MESSAGES);

    expect(failures.map(({ index }) => index)).toEqual(failed);
    expect(failures.every(({ senderFault }) => !senderFault)).toBe(true);
  });

  test('is not sent if the connection breaks before the response', async () => {
    answer = (_request, response) => response.destroy();

    expect(await queue().sendBatch(MESSAGES)).toMatchObject([
      { index: 0, senderFault: false },
      { index: 1, senderFault: false },
    ]);
  });
});

test('sendMessages sends again exactly what an incomplete response leaves out', async () => {
  let calls = 0;
  answer = (request, response) => {
    const isBatch = request.headers['x-amz-target'] === 'AmazonSQS.SendMessageBatch';
    const incomplete = isBatch && (calls += 1) === 1;
    const first = json(200, { Successful: [successOf('0', 'a')], Failed: [] });
    (incomplete ? first : acceptAll)(request, response);
  };
  const messages = ['a', 'b', 'c'].map((body) => ({ key: body, body }));

  const result = await sendMessages(messages, queue(), { clock: new FakeClock() });

  expect(result).toEqual({ sent: 3, refused: [] });
  expect(sentBatches()).toEqual([
    ['a', 'b', 'c'],
    ['b', 'c'],
  ]);
});
