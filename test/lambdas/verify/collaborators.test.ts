import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { cursorRow, deployedVerifyCollaborators } from '../../../lambdas/verify/collaborators.js';
import type { PendingIngestion } from '../../../lambdas/ingestor/pending.js';

const KEY = { pk: { S: 'verify' }, sk: { S: 'cursor' } };
const dynamoDb = mockClient(DynamoDBClient);
const environment = process.env;

beforeEach(() => {
  dynamoDb.reset();
  process.env = { ...environment, AWS_REGION: 'eu-central-1' };
});

afterEach(() => {
  process.env = environment;
});

test('the cursor is stored in one row of the state table', async () => {
  const cursor = cursorRow('state', new DynamoDBClient({}));
  dynamoDb.on(GetItemCommand).resolves({ Item: { ...KEY, after: { S: 'S1A' } } });
  dynamoDb.on(PutItemCommand).resolves({});

  expect(await cursor.read()).toBe('S1A');
  await cursor.write('S1A');
  await cursor.write(undefined);

  expect(dynamoDb.calls().map(({ args }) => args[0].input)).toEqual([
    { TableName: 'state', Key: KEY },
    { TableName: 'state', Item: { ...KEY, after: { S: 'S1A' } } },
    { TableName: 'state', Item: KEY },
  ]);
});

test.each([{}, { Item: KEY }, { Item: { ...KEY, after: {} as never } }])(
  'without a row, or in %j, there is no cursor',
  async (answer) => {
    dynamoDb.on(GetItemCommand).resolves(answer);

    expect(await cursorRow('state', new DynamoDBClient({})).read()).toBeUndefined();
  },
);

test('the deployed collaborators are built once, from the environment', async () => {
  Object.assign(process.env, {
    TABLE_NAME: 'state',
    INGESTOR_URL: 'https://ingestor',
    SECRET_ARN: 'arn:x',
    PIPELINE: 'demo',
    QUEUE_URL: 'https://sqs/q',
    DEAD_LETTERS_URL: 'https://sqs/dead',
    VERIFY_TRIES: '7',
  });
  const sqs = mockClient(SQSClient);
  sqs.on(SendMessageCommand).resolves({});
  const pending: PendingIngestion = {
    itemId: 'a',
    body: 'b',
    correlationId: 'c',
    messageId: 'm',
    sentTimestamp: '1',
    tries: 7,
    postedAt: '2024-05-01T12:00:00.000Z',
    isRequeued: false,
  };

  const collaborators = deployedVerifyCollaborators();
  await collaborators.queue.sendAgain(pending);
  await collaborators.queue.sendToDeadLetters(pending, 'why');

  expect(deployedVerifyCollaborators()).toBe(collaborators);
  expect(collaborators.maxTries).toBe(7);
  const sent = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
  expect(sent.map(({ QueueUrl }) => QueueUrl)).toEqual(['https://sqs/q', 'https://sqs/dead']);
  expect(sent[1]?.MessageAttributes?.['pipeline']?.StringValue).toBe('demo');
});
