import { setTimeout as sleep } from 'node:timers/promises';
import { historicHandler } from '../../lambdas/historic-handler.js';
import { inventoryInput } from '../../local/inventory/input.js';
import { messageFeed } from '../../local/input/message-feed.js';
import { LocalQueue, MAX_RECEIVE } from '../../local/queue/local-queue.js';

// Turns the inventory of a local run into messages on the in-process queue, and receives and deletes them like a handler.
// It runs in a process of its own, because a process does not return the memory that it has allocated.
const [location = '', workFolder = ''] = process.argv.slice(2);

const handler = historicHandler({
  queryInventory: () => 'SELECT key FROM inventory',
  rowToMessageBody: ({ key }) => JSON.stringify({ key }),
  nextChunk: () => undefined,
});

const queue = new LocalQueue();
const feed = messageFeed({
  queue,
  limit: undefined,
  wasDone: () => false,
  isStopped: () => false,
  report: {
    refuse: ({ body }) => {
      throw new Error(`a row was refused: ${body}`);
    },
    note: () => undefined,
    fail: (reason) => {
      throw new Error(reason);
    },
  },
});
const started = performance.now();
const input = await inventoryInput({ pipelineId: 'bench', handler, location, workFolder });
const [received] = await Promise.all([receiveAll(), feed.run(input)]);
const seconds = (performance.now() - started) / 1000;
// maxRSS is in kilobytes on Linux and macOS.
const peakMb = process.resourceUsage().maxRSS / 1024;
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1e6;
process.stdout.write(JSON.stringify({ received, seconds, cpuSeconds, peakMb }));

async function receiveAll(): Promise<number> {
  let count = 0;
  for (;;) {
    const records = queue.receive(MAX_RECEIVE);
    for (const { receiptHandle } of records) queue.delete(receiptHandle);
    count += records.length;
    if (records.length > 0) continue;
    if (feed.counts.isComplete) return count;
    await sleep(1);
  }
}
