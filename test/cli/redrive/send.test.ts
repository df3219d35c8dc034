import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  type Message,
  type SendMessageBatchCommandInput,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { RedriveJournal } from '../../../cli/redrive/journal.js';
import type { SendOptions } from '../../../cli/redrive/dead-letter.js';
import { redriveQueue } from '../../../cli/redrive/send.js';

const mock = mockClient(SQSClient);

let folder: string;

beforeEach(() => {
  mock.reset();
  folder = mkdtempSync(join(tmpdir(), 'redrive-send-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a message that the response of SQS omits is not deleted', async () => {
  const message = (id: string) => ({ MessageId: id, ReceiptHandle: `handle ${id}`, Body: '{}' });
  mock
    .on(ReceiveMessageCommand)
    .resolves({})
    .resolvesOnce({ Messages: [message('a'), message('b')] });
  const entry = { Id: '0', MessageId: 'm', MD5OfMessageBody: '' };
  mock.on(SendMessageBatchCommand).resolves({ Successful: [entry] });
  mock.on(DeleteMessageBatchCommand).resolves({});
  const queue = (name: string) => ({ name, url: `https://sqs/${name}`, sqs: new SQSClient({}) });
  const journal = new RedriveJournal(join(folder, 'journal.ndjson'));

  const result = await redriveQueue(queue('dead'), new Set(['a', 'b']), {
    target: queue('granules'),
    journal,
    isStopped: () => false,
  });

  expect(result).toMatchObject({
    sent: 1,
    refused: [
      {
        id: 'b',
        reason: 'UnclearResponse: the response mentions the entry 0 times instead of once',
      },
    ],
  });
  const deleted = mock.commandCalls(DeleteMessageBatchCommand).map(({ args }) => args[0].input);
  expect(deleted).toEqual([
    { QueueUrl: 'https://sqs/dead', Entries: [{ Id: '0', ReceiptHandle: 'handle a' }] },
  ]);
  journal.close();
});

test('[N01] a message is sent again with its correlation id and as one of a backfill, and no other attribute', async () => {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const message = (id: string, MessageAttributes: Record<string, ReturnType<typeof text>>) => ({
    MessageId: id,
    ReceiptHandle: `handle ${id}`,
    Body: '{}',
    MessageAttributes,
  });
  const marked = { backfill: text('example'), correlation_id: text('c') };
  const Messages = [
    message('a', { ...marked, reason: text('no footprint') }),
    message('b', { backfill: text('example') }),
    message('c', { pipeline: text('example') }),
  ];
  const { result, sent } = await redriven(Messages);

  expect(result).toMatchObject({ sent: 3, refused: [] });
  expect(sent).toEqual([
    [
      { Id: '0', MessageBody: '{}', MessageAttributes: marked },
      { Id: '1', MessageBody: '{}', MessageAttributes: { backfill: text('example') } },
      { Id: '2', MessageBody: '{}' },
    ],
  ]);
});

test('[N01] the attributes that are sent again count towards the size of a batch', async () => {
  const backfill = { DataType: 'String', StringValue: 'p' };
  // The two bodies alone, or with attributes on one of them, would fit.
  const Body = `"${'x'.repeat(131_070 - 'backfillStringp'.length)}"`;
  const message = (id: string, length: number) => ({
    MessageId: id,
    ReceiptHandle: id,
    Body: Body.padEnd(length),
    MessageAttributes: { backfill },
  });

  const fitting = await redriven([message('a', 0), message('b', 0)]);
  const larger = await redriven([message('a', 0), message('b', Body.length + 1)]);

  expect(fitting.sent.map((entries) => entries?.length)).toEqual([2]);
  expect(larger.sent.map((entries) => entries?.length)).toEqual([1, 1]);
});

test('with force, each message says that newer versions of its Items may be replaced', async () => {
  const { sent } = await redriven([{ MessageId: 'a', ReceiptHandle: 'a', Body: '{}' }], {
    force: true,
  });

  expect(sent[0]?.[0]?.MessageAttributes).toEqual({
    force_version: { DataType: 'String', StringValue: 'true' },
  });
});

async function redriven(Messages: readonly Message[], options: SendOptions = {}) {
  mock.reset();
  mock
    .on(ReceiveMessageCommand)
    .resolves({})
    .resolvesOnce({ Messages: [...Messages] });
  mock.on(DeleteMessageBatchCommand).resolves({});
  mock.on(SendMessageBatchCommand).callsFake(({ Entries = [] }: SendMessageBatchCommandInput) => ({
    Successful: Entries.map(({ Id }) => ({ Id })),
  }));
  const journal = new RedriveJournal(join(folder, 'journal-of-all.ndjson'));
  const ids = new Set(Messages.flatMap(({ MessageId }) => MessageId ?? []));
  const queue = (name: string) => ({ name, url: `https://sqs/${name}`, sqs: new SQSClient({}) });
  const result = await redriveQueue(queue('dead'), ids, {
    ...options,
    target: queue('granules'),
    journal,
    isStopped: () => false,
  });
  journal.close();
  const calls = mock.commandCalls(SendMessageBatchCommand);
  return { result, sent: calls.map(({ args }) => args[0].input.Entries) };
}
