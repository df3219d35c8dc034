import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PARALLEL_BATCHES } from '../lambdas/historic-collaborators.js';
import { sqsQueue } from '../lambdas/queue.js';
import { sendMessages } from '../lambdas/send-messages.js';

export interface SendingRates {
  /** Rows a second as a backfill sends them. */
  readonly ours: number;
  /** With one SendMessage after the other for each row. */
  readonly oneByOne: number;
}

export interface SendingOptions {
  /** Sent as a backfill does; a twentieth of them one by one. */
  readonly rows: number;
  /** How long the queue takes for an answer. */
  readonly answerMs: number;
}

const QUEUE = 'bench';
const SHARE_ONE_BY_ONE = 20;

/** Rows to one queue over HTTP in the two ways, one after the other, with the SDK in both. */
export async function sendingRates({ rows, answerMs }: SendingOptions): Promise<SendingRates> {
  const worker = fork(join(import.meta.dirname, 'bench-sqs-worker.ts'), [QUEUE, String(answerMs)], {
    execArgv: ['--import', 'tsx', '--no-warnings'],
  });
  const [endpoint] = (await once(worker, 'message')) as [string];
  const client = new SQSClient({
    ...{ endpoint, region: 'eu-central-1' },
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const url = `${endpoint}/000000000000/${QUEUE}`;
  try {
    // Both meet a warm client and a warm queue.
    await inBatches(client, url, rows / 10);
    return {
      ours: await rate(rows, () => inBatches(client, url, rows)),
      oneByOne: await rate(rows / SHARE_ONE_BY_ONE, () =>
        oneByOne(client, url, rows / SHARE_ONE_BY_ONE),
      ),
    };
  } finally {
    client.destroy();
    worker.disconnect();
  }
}

async function inBatches(client: SQSClient, url: string, rows: number): Promise<void> {
  const { sent } = await sendMessages(messages(rows), sqsQueue(url, client), {
    parallel: PARALLEL_BATCHES,
  });
  if (sent < rows) throw new Error(`${sent} of ${rows} messages were sent`);
}

async function oneByOne(client: SQSClient, url: string, rows: number): Promise<void> {
  for (const { body } of messages(rows)) {
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  }
}

function* messages(rows: number): Generator<{ key: string; body: string }> {
  for (let row = 0; row < rows; row += 1) {
    const key = `GRD/2022/4/20/IW/DV/S1A_IW_GRDH_1SDV_${row}/manifest.safe`;
    yield { key, body: JSON.stringify({ key }) };
  }
}

async function rate(rows: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return rows / ((performance.now() - started) / 1000);
}
