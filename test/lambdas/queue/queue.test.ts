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
import { SendError, sqsQueue } from '../../../lambdas/queue/queue.js';
import type { PostBatch } from '../../../lambdas/queue/signed-post.js';

const sqs = mockClient(SQSClient);
const notPosted: PostBatch = () => Promise.resolve(undefined);
const queue = (post = notPosted) => sqsQueue('https://sqs/queue', new SQSClient({}), post);

function callError(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode } });
}

/** As SQS answers that takes them all, as far as anybody reads it. */
function taken({ Entries = [] }: Pick<SendMessageBatchCommandInput, 'Entries'>) {
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
  test('[A23] ids are places in the batch, never keys', async () => {
    sqs.on(SendMessageBatchCommand).callsFake(taken);

    expect(await queue().sendBatch(['a/b.tif', 'c d'])).toEqual([]);

    expect(sqs.commandCalls(SendMessageBatchCommand)[0]?.args[0].input).toEqual({
      QueueUrl: 'https://sqs/queue',
      Entries: [
        { Id: '0', MessageBody: 'a/b.tif' },
        { Id: '1', MessageBody: 'c d' },
      ],
    });
  });

  test('what was posted is not sent by the SDK, and its failed entries come back by place', async () => {
    const posted: unknown[] = [];
    const sender = queue((entries) => {
      posted.push(entries);
      return Promise.resolve([{ Id: '1', SenderFault: false, Code: 'InternalError' }]);
    });

    expect(await sender.sendBatch(['a', 'b'])).toEqual([
      { index: 1, senderFault: false, reason: 'InternalError' },
    ]);
    expect(posted).toEqual([
      [
        { Id: '0', MessageBody: 'a' },
        { Id: '1', MessageBody: 'b' },
      ],
    ]);
    expect(sentBodies()).toEqual([]);
  });

  test('failed entries come back by place, with who is at fault', async () => {
    const failed = { Id: '1', SenderFault: true, Code: 'InvalidMessageContents', Message: 'bad' };
    const slow = { Id: '2', SenderFault: false, Code: 'InternalError' };
    const answer = {
      ...taken({ Entries: [{ Id: '0', MessageBody: 'a' }] }),
      Failed: [failed, slow],
    };
    sqs.on(SendMessageBatchCommand).resolves(answer);

    expect(await queue().sendBatch(['a', 'b', 'c'])).toEqual([
      { index: 1, senderFault: true, reason: 'InvalidMessageContents: bad' },
      { index: 2, senderFault: false, reason: 'InternalError' },
    ]);
  });

  test('[A22] when a bad body fails the whole call, the others are sent alone', async () => {
    sqs.on(SendMessageBatchCommand).callsFake((input: SendMessageBatchCommandInput) => {
      if (input.Entries?.some(({ MessageBody }) => MessageBody === 'bad')) {
        throw callError('InvalidMessageContents', 400);
      }
      return taken(input);
    });

    const failures = await queue().sendBatch(['a', 'bad', 'c']);

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
  ])('%s fails all entries for now', async (name, status) => {
    sqs.on(SendMessageBatchCommand).rejects(callError(name, status));

    expect(await queue().sendBatch(['a', 'b'])).toEqual([
      { index: 0, senderFault: false, reason: `${name}: refused` },
      { index: 1, senderFault: false, reason: `${name}: refused` },
    ]);
  });

  test('a connection that broke fails all entries for now', async () => {
    sqs.on(SendMessageBatchCommand).rejects(new Error('socket hang up'));

    expect(await queue().sendBatch(['a'])).toEqual([
      { index: 0, senderFault: false, reason: 'Error: socket hang up' },
    ]);
  });

  test('what SQS says little of is a failure that may pass', async () => {
    const failed = [{ Id: '0' }, { Id: '1', Message: 'slow' }];
    sqs.on(SendMessageBatchCommand).resolves({ Failed: failed as BatchResultErrorEntry[] });

    expect(await queue().sendBatch(['a', 'b'])).toEqual([
      { index: 0, senderFault: false, reason: 'unknown' },
      { index: 1, senderFault: false, reason: 'unknown: slow' },
    ]);
  });

  test('an entry that the answer leaves out is one that may not have been taken', async () => {
    sqs.on(SendMessageBatchCommand).resolves(taken({ Entries: [{ Id: '1', MessageBody: 'b' }] }));

    expect(await queue().sendBatch(['a', 'b'])).toEqual([
      { index: 0, senderFault: false, reason: "NoAnswer: the queue's answer leaves it out" },
    ]);
  });

  test.each([
    'com.amazonaws.sqs#InvalidMessageContents',
    'BatchRequestTooLong',
    'InvalidParameterValue',
    'InvalidParameterValueException',
    'MissingParameter',
    'InvalidAttributeValue',
  ])('%s of one message alone is the fault of it', async (name) => {
    sqs.on(SendMessageBatchCommand).rejects(callError(name, 400));

    expect(await queue().sendBatch(['a'])).toEqual([
      { index: 0, senderFault: true, reason: `${name}: refused` },
    ]);
    expect(sentBodies()).toEqual([['a']]);
  });

  test('a queue that cannot be used at all is an error that names it', async () => {
    sqs.on(SendMessageBatchCommand).rejects(callError('AccessDenied', 403));

    const sent = queue().sendBatch(['a']);

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
  test('[A19] the limit is the one that the queue states, read once', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { MaximumMessageSize: '1048576' } });
    const sender = queue();

    expect([await sender.maxBytes(), await sender.maxBytes()]).toEqual([1_048_576, 1_048_576]);
    expect(sqs.commandCalls(GetQueueAttributesCommand)[0]?.args[0].input).toEqual({
      QueueUrl: 'https://sqs/queue',
      AttributeNames: ['MaximumMessageSize'],
    });
    expect(sqs.commandCalls(GetQueueAttributesCommand)).toHaveLength(1);
  });

  test('[A19] a limit that could not be read is read again', async () => {
    sqs
      .on(GetQueueAttributesCommand)
      .rejectsOnce(callError('AccessDenied', 403))
      .resolves({ Attributes: { MaximumMessageSize: '1048576' } });
    const sender = queue();

    await expect(sender.maxBytes()).rejects.toThrow('refused');
    expect(await sender.maxBytes()).toBe(1_048_576);
  });

  test('[A19] a queue that does not state it takes 256 KiB', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({});

    expect(await queue().maxBytes()).toBe(262_144);
  });

  test('the depth is read each time', async () => {
    const attributes = (count: string) => ({ Attributes: { ApproximateNumberOfMessages: count } });
    sqs.on(GetQueueAttributesCommand).resolvesOnce(attributes('7')).resolves(attributes('8'));
    const sender = queue();

    expect([await sender.depth(), await sender.depth()]).toEqual([7, 8]);
  });
});
