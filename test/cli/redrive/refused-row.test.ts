import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { redrive, type RedriveOptions } from '../../../cli/redrive/action.js';
import { listDeadLetters } from '../../../cli/redrive/queue.js';
import type { DeadLetter } from '../../../cli/redrive/dead-letter.js';
import type { SqsSender } from '../../../cli/shared/deployed-pipeline.js';

const ROW = {
  MessageId: 'row',
  ReceiptHandle: 'r',
  Body: '{"refused_row":{"key":"a/b.tif","chunk":"2022"}}',
  MessageAttributes: {
    refused_row: { DataType: 'String', StringValue: 'a/b.tif' },
    reason: { DataType: 'String', StringValue: 'rowToMessageBody: no date in a/b.tif' },
    error: { DataType: 'String', StringValue: 'RefusedRow' },
  },
};
const GRANULE = { MessageId: 'granule', ReceiptHandle: 'g', Body: '{"path":"x"}' };

/** A dead-letter queue with these messages, which are received once. */
function queueOf(messages: readonly object[]): SqsSender {
  let left = [messages];
  return {
    send: (command: object) => {
      if (!(command instanceof ReceiveMessageCommand)) return Promise.resolve({});
      const [Messages = []] = left;
      left = [];
      return Promise.resolve({ Messages });
    },
  };
}

async function redriven(messages: readonly object[], options: RedriveOptions) {
  const sqs = queueOf(messages);
  const { deadLetters } = await listDeadLetters({ name: 'dead', url: 'https://sqs/dead', sqs });
  const [sent, printed]: [DeadLetter[], string[]] = [[], []];
  const code = await redrive({
    pipeline: 'waves',
    options,
    print: (text) => void printed.push(text),
    store: {
      list: () => Promise.resolve({ deadLetters, notes: [] }),
      send: (chosen) => {
        sent.push(...chosen);
        const none = { finished: 0, maybeTwice: 0, gone: 0, refused: [], fault: undefined };
        return Promise.resolve({ ...none, sent: chosen.length });
      },
      discard: () => Promise.reject(new Error('nothing is to be discarded')),
      stop: () => undefined,
    },
  });
  return { code, sent: sent.map(({ id }) => id), text: printed.join('\n') };
}

test('[N02] a refused row is listed with its reason and what to do, but without the hint to send it', async () => {
  const { text } = await redriven([ROW], {});

  expect(text).toContain('RefusedRow: rowToMessageBody: no date in a/b.tif  (message: a/b.tif)');
  expect(text).toContain('1 row of the inventory that the backfill refused; not sent');
  expect(text).toContain('npm run backfill -- waves restart');
  expect(text).not.toContain('--send');
});

test('[N02] a redrive sends the messages beside a refused row', async () => {
  const { code, sent, text } = await redriven([ROW, GRANULE], { send: true, yes: true });

  expect({ code, sent }).toEqual({ code: 0, sent: ['granule'] });
  expect(text).toContain('Sent 1 message again.');
});

test('[N02] a redrive of refused rows alone sends nothing', async () => {
  const { sent, text } = await redriven([ROW], { send: true, yes: true });

  expect(sent).toEqual([]);
  expect(text).toContain('not sent, because there is no message');
});
