import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { RedriveJournal } from '../../../cli/redrive/journal.js';
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
