import { setTimeout as sleep } from 'node:timers/promises';
import { historicHandler } from '../../lambdas/historic-handler.js';
import { inventoryInput } from '../../local/inventory/input.js';
import { messageFeed } from '../../local/input/message-feed.js';
import { LocalQueue, MAX_RECEIVE } from '../../local/queue/local-queue.js';

// A process of its own, since memory that was taken once is not given back: the inventory of a local run as messages on
// the in-process queue, from which they are received and deleted as handlers would.
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
});
const started = performance.now();
const input = await inventoryInput({ pipelineId: 'bench', handler, location, workFolder });
const [received] = await Promise.all([receiveAll(), feed.run(input)]);
const seconds = (performance.now() - started) / 1000;
// Kilobytes on Linux and on macOS.
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
