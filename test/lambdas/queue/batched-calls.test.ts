import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { recordQueue, type DeadLetterReason } from '../../../lambdas/queue/dead-letters.js';
import { sqsRecord } from '../../support/granule.js';

const mock = mockClient(SQSClient);
const queue = recordQueue({
  queueUrl: 'https://sqs/q',
  deadLettersUrl: 'https://sqs/dead',
  sqs: new SQSClient({ region: 'eu-central-1' }),
});
const reason: DeadLetterReason = {
  failure: { kind: 'permanent', name: 'GranuleError', message: 'no footprint' },
  pipeline: 'example',
  correlationId: 'c-1',
};
const records = (count: number, body = '') =>
  Array.from({ length: count }, (_, index) =>
    sqsRecord(`${String(index)}${body}`, { messageId: `m-${String(index)}` }),
  );

/** Accepts every entry but those with one of these positions, of every batch. */
const accepting =
  (...failed: readonly string[]) =>
  ({ Entries = [] }: { Entries?: { Id: string | undefined }[] }) => ({
    Successful: Entries.filter(({ Id }) => !failed.includes(Id ?? '')).map(({ Id }) => ({ Id })),
    Failed: Entries.filter(({ Id }) => failed.includes(Id ?? '')).map(({ Id }) => ({
      Id,
      SenderFault: true,
      Code: 'ReceiptHandleIsInvalid',
      Message: 'expired',
    })),
  });

beforeEach(() => {
  mock.reset();
  mock.on(ChangeMessageVisibilityBatchCommand).callsFake(accepting());
  mock.on(SendMessageBatchCommand).callsFake(accepting());
});

describe('messages that go back to the queue at the same time', () => {
  test('are sent in batches of ten, each with its own delay', async () => {
    const batch = records(25);

    await Promise.all(batch.map((record, index) => queue.returnLater(record, index)));

    const calls = mock.commandCalls(ChangeMessageVisibilityBatchCommand);
    expect(calls.map(({ args: [{ input }] }) => input.Entries?.length)).toEqual([10, 10, 5]);
    expect(calls.flatMap(({ args: [{ input }] }) => input.Entries ?? [])).toMatchObject(
      batch.map(({ receiptHandle }, index) => ({
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: index,
      })),
    );
    expect(mock.commandCalls(ChangeMessageVisibilityCommand)).toHaveLength(0);
  });

  test('fail one by one if the queue refuses some of them', async () => {
    mock.on(ChangeMessageVisibilityBatchCommand).callsFake(accepting('1'));

    const results = await Promise.allSettled(records(3).map((one) => queue.returnLater(one, 5)));

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({
      reason: { message: 'ReceiptHandleIsInvalid: expired' },
    });
  });

  test('all fail if the call fails, and the next ones do not', async () => {
    let denied = true;
    mock.on(ChangeMessageVisibilityBatchCommand).callsFake((input: object) => {
      if (denied) throw new Error('denied');
      return accepting()(input);
    });

    const results = await Promise.allSettled(records(2).map((one) => queue.returnLater(one, 5)));
    expect(results).toMatchObject([
      { status: 'rejected', reason: { message: 'denied' } },
      { status: 'rejected', reason: { message: 'denied' } },
    ]);

    denied = false;
    await Promise.all(records(2).map((one) => queue.returnLater(one, 5)));
  });

  test('are one call of its own for a single message', async () => {
    mock.on(ChangeMessageVisibilityCommand).resolves({});

    await queue.returnLater(sqsRecord('a'), 5);

    expect(mock.commandCalls(ChangeMessageVisibilityCommand)).toHaveLength(1);
    expect(mock.commandCalls(ChangeMessageVisibilityBatchCommand)).toHaveLength(0);
  });
});

describe('dead letters at the same time', () => {
  const entriesOf = () =>
    mock
      .commandCalls(SendMessageBatchCommand)
      .map(({ args: [{ input }] }): SendMessageBatchRequestEntry[] => input.Entries ?? []);

  test('are sent in batches of ten, each with its reason', async () => {
    const letters = records(12);

    await Promise.all(letters.map((record) => queue.sendToDeadLetters(record, reason)));

    expect(entriesOf().map(({ length }) => length)).toEqual([10, 2]);
    expect(entriesOf().flat()).toMatchObject(
      letters.map(({ body }) => ({
        MessageBody: body,
        MessageAttributes: { reason: { StringValue: 'no footprint' } },
      })),
    );
  });

  test('are as many in a batch as its size allows', async () => {
    const letters = records(5, 'x'.repeat(100_000));
    mock.on(SendMessageCommand).resolves({});

    await Promise.all(letters.map((record) => queue.sendToDeadLetters(record, reason)));

    expect(entriesOf().map(({ length }) => length)).toEqual([2, 2]);
    expect(mock.commandCalls(SendMessageCommand)).toHaveLength(1);
  });

  test('fail one by one, also if one makes the whole call fail', async () => {
    const invalid = Object.assign(new Error('bad'), { name: 'InvalidMessageContents' });
    mock
      .on(SendMessageBatchCommand)
      .callsFake((input: { Entries: SendMessageBatchRequestEntry[] }) => {
        if (input.Entries.some(({ MessageBody }) => MessageBody?.startsWith('1') === true))
          throw invalid;
        return accepting()(input);
      });

    const results = await Promise.allSettled(
      records(3).map((record) => queue.sendToDeadLetters(record, reason)),
    );

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
