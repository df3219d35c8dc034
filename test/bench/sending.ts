import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { PARALLEL_BATCHES } from '../../lambdas/backfill/collaborators.js';
import { sqsQueue } from '../../lambdas/queue/queue.js';
import { sendMessages } from '../../lambdas/queue/send-messages.js';
import type { BenchQueue } from './queue.js';

export interface SendingRates {
  /** Rows per second in parallel batches, as a backfill sends them. */
  readonly ours: number;
  /** Rows per second with one SendMessage after the other, over one kept connection. */
  readonly oneByOne: number;
}

const SHARE_ONE_BY_ONE = 20;

/**
 * Sends rows to one queue in both ways, in turn: `rows` of them as a backfill does, and a twentieth of that one by one.
 * Discards a first round, which warms up both. Closes the queue.
 */
export async function sendingRates(
  queue: BenchQueue,
  { rows, rounds: count }: { readonly rows: number; readonly rounds: number },
): Promise<SendingRates[]> {
  const few = Math.ceil(rows / SHARE_ONE_BY_ONE);
  const rounds: SendingRates[] = [];
  try {
    for (let round = 0; round <= count; round += 1) {
      const ours = await rate(rows, () => inBatches(queue, rows));
      const oneByOne = await rate(few, () => sendOneByOne(queue, few));
      rounds.push({ ours, oneByOne });
    }
  } finally {
    await queue.close();
  }
  return rounds.slice(1);
}

async function inBatches({ client, url }: BenchQueue, rows: number): Promise<void> {
  const { sent } = await sendMessages(messages(rows), sqsQueue(url, client), {
    parallel: PARALLEL_BATCHES,
  });
  if (sent < rows) throw new Error(`${sent} of ${rows} messages were sent`);
}

async function sendOneByOne({ client, url }: BenchQueue, rows: number): Promise<void> {
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
