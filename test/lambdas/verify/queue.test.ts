import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { verifyQueue } from '../../../lambdas/verify/queue.js';

const sqs = mockClient(SQSClient);
const queue = verifyQueue({
  pipeline: 'example',
  queueUrl: 'https://sqs/queue',
  deadLettersUrl: 'https://sqs/dead',
  sqs: new SQSClient({ region: 'eu-central-1' }),
});
const pending = {
  itemId: 'S1A',
  body: '{"path":"GRD/1"}',
  correlationId: 'c1',
  messageId: 'm1',
  sentTimestamp: '1700000000000',
  tries: 1,
  postedAt: 'then',
  partition: 'ingestion#0',
  isRequeued: false,
};

beforeEach(() => {
  sqs.reset();
});

function sent() {
  return sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
}

test('a message is sent again unchanged, with its correlation id and one more try', async () => {
  await queue.sendAgain(pending);

  expect(sent()).toEqual([
    {
      QueueUrl: 'https://sqs/queue',
      MessageBody: '{"path":"GRD/1"}',
      MessageAttributes: {
        correlation_id: { DataType: 'String', StringValue: 'c1' },
        ingestion_tries: { DataType: 'String', StringValue: '2' },
      },
    },
  ]);
});

test('[N01] a message of a backfill is sent again as one, and so is its dead letter', async () => {
  await queue.sendAgain({ ...pending, backfill: 'example' });
  await queue.sendToDeadLetters({ ...pending, backfill: 'example' }, 'failed to load');

  const backfill = { DataType: 'String', StringValue: 'example' };
  expect(sent()).toMatchObject([
    { MessageAttributes: { backfill } },
    { MessageAttributes: { backfill } },
  ]);
});

test('a dead letter has the same attributes as any other', async () => {
  await queue.sendToDeadLetters(pending, 'failed to load');

  const [{ QueueUrl, MessageBody, MessageAttributes = {} } = {}] = sent();
  const values = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
    name,
    StringValue,
  ]);
  expect({ QueueUrl, MessageBody }).toEqual({
    QueueUrl: 'https://sqs/dead',
    MessageBody: pending.body,
  });
  expect(Object.fromEntries(values)).toEqual({
    reason: 'failed to load',
    error: 'IngestionError',
    kind: 'permanent',
    failed_at: expect.stringMatching(/Z$/) as unknown as string,
    message_id: 'm1',
    receive_count: '2',
    sent_timestamp: '1700000000000',
    correlation_id: 'c1',
    pipeline: 'example',
    item_id: 'S1A',
  });
});
