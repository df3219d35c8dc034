import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { backfillOf } from '../../../lambdas/queue/attributes.js';
import { sqsQueue } from '../../../lambdas/queue/queue.js';
import { recordQueue } from '../../../lambdas/queue/dead-letters.js';
import { faultPlan } from '../../../local/http/faults.js';
import { LocalQueue } from '../../../local/queue/local-queue.js';
import { startSqs, type SqsServer } from '../../../local/queue/sqs-server.js';

let server: SqsServer;
let client: SQSClient;

beforeEach(async () => {
  server = await startSqs(['granules'], { refused: 'bad' });
  client = new SQSClient({
    endpoint: server.url,
    region: 'eu-central-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});

afterEach(async () => {
  client.destroy();
  await server.close();
});

const url = (): string => `${server.url}/000000000000/granules`;

test('the SDK sends single messages and batches, and learns which entry was rejected', async () => {
  await client.send(new SendMessageCommand({ QueueUrl: url(), MessageBody: 'one' }));
  const failures = await sqsQueue(url(), client).sendBatch([
    { body: 'two', attributes: { backfill: 'p' } },
    { body: 'bad' },
    { body: 'three' },
  ]);

  expect(failures).toMatchObject([{ index: 1, senderFault: true }]);
  const records = server.queue('granules').receive(10);
  expect(records.map(({ body }) => body)).toEqual(['one', 'two', 'three']);
  expect(records.map(backfillOf)).toEqual([undefined, 'p', undefined]);
  expect(server.calls).toEqual(['SendMessage', 'SendMessageBatch']);
});

test('the attributes of a dead letter and a changed visibility timeout arrive', async () => {
  const queueUrl = url();
  const records = recordQueue({ queueUrl, deadLettersUrl: queueUrl, sqs: client });
  const reason = { pipeline: 'p', correlationId: 'c' };
  const failure = { kind: 'permanent', name: 'E', message: 'broken' } as const;
  server.queue('granules').send('body');
  const [record] = server.queue('granules').receive(1);
  if (record === undefined) throw new Error('no record');

  await records.sendToDeadLetters(record, { ...reason, failure });
  await records.returnLater(record, 0);

  const received = server.queue('granules').receive(10);
  expect(received.map(({ messageAttributes }) => messageAttributes['reason']?.stringValue)).toEqual(
    expect.arrayContaining(['broken', undefined]),
  );
  expect(received.map(({ body }) => body)).toEqual(['body', 'body']);
});

test('an unknown queue is an error in the format of SQS', async () => {
  const other = new SendMessageCommand({ QueueUrl: `${server.url}/0/other`, MessageBody: 'x' });

  await expect(client.send(other)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});

test('serves a queue that it is given, and fails as planned', async () => {
  const given = new LocalQueue({ name: 'given' });
  const faults = faultPlan([{ fault: { kind: 'status', status: 503 }, first: 1 }]);
  const faulty = await startSqs([given], { faults });
  const send = () =>
    client.send(
      new SendMessageCommand({ QueueUrl: `${faulty.url}/000000000000/given`, MessageBody: 'one' }),
    );
  client = new SQSClient({
    endpoint: faulty.url,
    region: 'eu-central-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

  await expect(send()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  await send();

  expect(given.receive(10).map(({ body }) => body)).toEqual(['one']);
  await faulty.close();
});
