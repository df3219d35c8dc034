import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
  type BatchResultErrorEntry,
  type SendMessageBatchCommandInput,
  type SendMessageBatchCommandOutput,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { failedEntries, SendError, sqsQueue } from '../../../lambdas/queue/queue.js';

const sqs = mockClient(SQSClient);
const queue = () => sqsQueue('https://sqs/queue', new SQSClient({}));

/** Messages without attributes. */
function messages(...bodies: readonly string[]) {
  return bodies.map((body) => ({ body }));
}

function callError(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode } });
}

/** The part of SQS's response that the code reads, for a batch that was accepted. */
function accepted({ Entries = [] }: Pick<SendMessageBatchCommandInput, 'Entries'>) {
  const Successful = Entries.map(({ Id }) => ({ Id }));
  return { Successful } as Partial<SendMessageBatchCommandOutput>;
}

function sentBodies(): (string | undefined)[][] {
  return sqs
    .commandCalls(SendMessageBatchCommand)
    .map(({ args: [{ input }] }) => (input.Entries ?? []).map(({ MessageBody }) => MessageBody));
}

beforeEach(() => {
  sqs.reset();
});

describe('sendBatch', () => {
  test('[A23] uses positions in the batch as ids, not keys', async () => {
    sqs.on(SendMessageBatchCommand).callsFake(accepted);

    expect(await queue().sendBatch(messages('a/b.tif', 'c d'))).toEqual([]);

    expect(sqs.commandCalls(SendMessageBatchCommand)[0]?.args[0].input).toEqual({
      QueueUrl: 'https://sqs/queue',
      Entries: [
        { Id: '0', MessageBody: 'a/b.tif' },
        { Id: '1', MessageBody: 'c d' },
      ],
    });
  });

  test('[N01] sends the attributes of a message as strings, also if the bodies go one by one', async () => {
    sqs.on(SendMessageBatchCommand).callsFake((input: SendMessageBatchCommandInput) => {
      if (input.Entries?.length === 2) throw callError('InvalidMessageContents', 400);
      return accepted(input);
    });

    await queue().sendBatch([{ body: 'a', attributes: { backfill: 'demo' } }, { body: 'b' }]);

    const marked = { backfill: { DataType: 'String', StringValue: 'demo' } };
    const entries = sqs
      .commandCalls(SendMessageBatchCommand)
      .map(({ args: [{ input }] }) => input.Entries);
    expect(entries).toEqual([
      [
        { Id: '0', MessageBody: 'a', MessageAttributes: marked },
        { Id: '1', MessageBody: 'b' },
      ],
      [{ Id: '0', MessageBody: 'a', MessageAttributes: marked }],
      [{ Id: '0', MessageBody: 'b' }],
    ]);
  });

  test('returns failed entries by position, and whether the message is at fault', async () => {
    const failed = { Id: '1', SenderFault: true, Code: 'InvalidMessageContents', Message: 'bad' };
    const slow = { Id: '2', SenderFault: false, Code: 'InternalError' };
    const answer = {
      ...accepted({ Entries: [{ Id: '0', MessageBody: 'a' }] }),
      Failed: [failed, slow],
    };
    sqs.on(SendMessageBatchCommand).resolves(answer);

    expect(await queue().sendBatch(messages('a', 'b', 'c'))).toEqual([
      { index: 1, senderFault: true, reason: 'InvalidMessageContents: bad' },
      { index: 2, senderFault: false, reason: 'InternalError' },
    ]);
  });

  test('[A22] sends the bodies one by one if one of them makes the whole call fail', async () => {
    sqs.on(SendMessageBatchCommand).callsFake((input: SendMessageBatchCommandInput) => {
      if (input.Entries?.some(({ MessageBody }) => MessageBody === 'bad')) {
        throw callError('InvalidMessageContents', 400);
      }
      return accepted(input);
    });

    const failures = await queue().sendBatch(messages('a', 'bad', 'c'));

    expect(failures).toEqual([
      { index: 1, senderFault: true, reason: 'InvalidMessageContents: refused' },
    ]);
    expect(sentBodies()).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  });

  test.each([
    ['ThrottlingException', 400],
    ['RequestThrottled', 403],
    ['TooManyRequests', 429],
    ['InternalError', 500],
    ['TimeoutError', undefined],
  ])('%s fails all entries as transient', async (name, status) => {
    sqs.on(SendMessageBatchCommand).rejects(callError(name, status));

    expect(await queue().sendBatch(messages('a', 'b'))).toEqual([
      { index: 0, senderFault: false, reason: `${name}: refused` },
      { index: 1, senderFault: false, reason: `${name}: refused` },
    ]);
  });

  test('a broken connection fails all entries as transient', async () => {
    sqs.on(SendMessageBatchCommand).rejects(new Error('socket hang up'));

    expect(await queue().sendBatch(messages('a'))).toEqual([
      { index: 0, senderFault: false, reason: 'Error: socket hang up' },
    ]);
  });

  test('a failure without details is transient', async () => {
    const failed = [{ Id: '0' }, { Id: '1', Message: 'slow' }];
    sqs.on(SendMessageBatchCommand).resolves({ Failed: failed as BatchResultErrorEntry[] });

    expect(await queue().sendBatch(messages('a', 'b'))).toEqual([
      { index: 0, senderFault: false, reason: 'unknown' },
      { index: 1, senderFault: false, reason: 'unknown: slow' },
    ]);
  });

  test('an entry that the response leaves out counts as not sent', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolves(accepted({ Entries: [{ Id: '1', MessageBody: 'b' }] }));

    expect(await queue().sendBatch(messages('a', 'b'))).toEqual([
      {
        index: 0,
        senderFault: false,
        reason: expect.stringMatching(/^UnclearResponse: .* 0 times/) as unknown,
      },
    ]);
  });

  test.each([
    'com.amazonaws.sqs#InvalidMessageContents',
    'BatchRequestTooLong',
    'InvalidParameterValue',
    'InvalidParameterValueException',
    'MissingParameter',
    'InvalidAttributeValue',
  ])('%s for a single message is the fault of that message', async (name) => {
    sqs.on(SendMessageBatchCommand).rejects(callError(name, 400));

    expect(await queue().sendBatch(messages('a'))).toEqual([
      { index: 0, senderFault: true, reason: `${name}: refused` },
    ]);
    expect(sentBodies()).toEqual([['a']]);
  });

  test('throws an error with the URL if the queue cannot be used at all', async () => {
    sqs.on(SendMessageBatchCommand).rejects(callError('AccessDenied', 403));

    const sent = queue().sendBatch(messages('a'));

    await expect(sent).rejects.toThrow(SendError);
    await expect(sent).rejects.toMatchObject({
      name: 'SendError',
      kind: 'transient',
      cause: { name: 'AccessDenied' },
    });
    await expect(sent).rejects.toThrow('queue https://sqs/queue: AccessDenied: refused');
  });
});

describe('attributes', () => {
  test('[A19] reads the size limit from the queue, once', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { MaximumMessageSize: '1048576' } });
    const sender = queue();

    expect([await sender.maxBytes(), await sender.maxBytes()]).toEqual([1_048_576, 1_048_576]);
    expect(sqs.commandCalls(GetQueueAttributesCommand)[0]?.args[0].input).toEqual({
      QueueUrl: 'https://sqs/queue',
      AttributeNames: ['MaximumMessageSize'],
    });
    expect(sqs.commandCalls(GetQueueAttributesCommand)).toHaveLength(1);
  });

  test('[A19] reads the size limit again after a failure', async () => {
    sqs
      .on(GetQueueAttributesCommand)
      .rejectsOnce(callError('AccessDenied', 403))
      .resolves({ Attributes: { MaximumMessageSize: '1048576' } });
    const sender = queue();

    await expect(sender.maxBytes()).rejects.toThrow('refused');
    expect(await sender.maxBytes()).toBe(1_048_576);
  });

  test('[A19] assumes 256 KiB if the queue has no such attribute', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({});

    expect(await queue().maxBytes()).toBe(262_144);
  });

  test('reads the depth each time, with the messages that are delayed or wait for a retry', async () => {
    const attributes = (waiting: number, delayed: number, hidden: number) => ({
      Attributes: {
        ApproximateNumberOfMessages: String(waiting),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
      },
    });
    sqs
      .on(GetQueueAttributesCommand)
      .resolvesOnce(attributes(7, 0, 0))
      .resolvesOnce(attributes(0, 20, 1000))
      .resolves({});
    const sender = queue();

    expect([await sender.depth(), await sender.depth(), await sender.depth()]).toEqual([
      7, 1020, 0,
    ]);
  });
});

describe('failedEntries', () => {
  const entries = [{ Id: '0' }, { Id: '1' }];
  const unclear = (Id: string, mentions: number) => ({
    Id,
    SenderFault: false,
    Code: 'UnclearResponse',
    Message: `the response mentions the entry ${mentions} times instead of once`,
  });

  test.each<[string, Parameters<typeof failedEntries>[1], ReturnType<typeof failedEntries>]>([
    ['accepts all entries', { Successful: entries }, []],
    [
      'accepts one entry and fails the other',
      { Successful: [{ Id: '1' }], Failed: [{ Id: '0', Code: 'InternalError' }] },
      [{ Id: '0', Code: 'InternalError' }],
    ],
    ['is empty', {}, [unclear('0', 0), unclear('1', 0)]],
    [
      'accepts one entry twice',
      { Successful: [{ Id: '0' }, { Id: '0' }] },
      [unclear('0', 2), unclear('1', 0)],
    ],
    [
      'fails an entry that was not sent',
      { Successful: [{ Id: '1' }], Failed: [{ Id: 'x' }] },
      [unclear('0', 0)],
    ],
    [
      'both accepts and fails an entry',
      { Successful: entries, Failed: [{ Id: '1', SenderFault: true }] },
      [unclear('1', 2)],
    ],
  ])('of a response that %s', (_, response, failed) => {
    expect(failedEntries(entries, response)).toEqual(failed);
  });
});
