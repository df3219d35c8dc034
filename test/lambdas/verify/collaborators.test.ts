import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { deployedVerifyCollaborators } from '../../../lambdas/verify/collaborators.js';
import type { PendingIngestion } from '../../../lambdas/ingestor/pending.js';

const environment = process.env;

beforeEach(() => {
  process.env = { ...environment, AWS_REGION: 'eu-central-1' };
});

afterEach(() => {
  process.env = environment;
});

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
    partition: 'ingestion#0',
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
