import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { listText } from '../../../cli/redrive/report.js';
import { listLocal } from '../../../cli/redrive/local-store.js';
import { runFiles } from '../../../cli/redrive/run-files.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import { inventoryInput } from '../../../local/inventory/input.js';
import type { LocalRunOptions } from '../../../local/local-run.js';
import { failureCount, summaryText } from '../../../local/run/summary.js';
import { DemoRun } from '../../support/demo/demo-run.js';

const demo = new DemoRun();
const handler = historicHandler({
  queryInventory: () => 'SELECT key FROM inventory ORDER BY key',
  rowToMessageBody: ({ key = '' }) => {
    if (key.startsWith('bad')) throw new Error(`no date in ${key}`);
    return key.startsWith('skip') ? undefined : JSON.stringify({ path: key });
  },
  nextChunk: () => undefined,
});

beforeAll(() => demo.bundle());
afterAll(() => {
  demo.remove();
});
beforeEach(() => {
  demo.clear();
  for (const id of ['a', 'b', 'c']) demo.writeGranule(id);
});

async function inputFrom(keys: readonly string[]): Promise<Partial<LocalRunOptions>> {
  const location = join(demo.folder, 'keys.txt');
  writeFileSync(location, keys.join('\n'));
  const workFolder = join(demo.folder, 'work');
  return { input: await inventoryInput({ pipelineId: 'demo', handler, location, workFolder }) };
}

test('[N02] a local run makes Items of the good rows, keeps the others as dead letters, and fails', async () => {
  const input = await inputFrom(['a', 'b', 'bad-1', 'bad-2', 'c', 'skip']);

  const summary = await demo.run([], { ...input, fresh: true });

  expect(summary).toMatchObject({ made: 3, posted: 3 });
  // Two dead letters, and the input that is not complete.
  expect(failureCount(summary)).toBe(3);
  const text = summaryText(summary);
  expect(text).toContain('inventory: 6 rows, 3 messages sent, 1 skipped, 2 refused\n');
  expect(text).toContain('  2 RefusedRow, for example: rowToMessageBody: no date in bad-1\n');
  expect(text).toContain('  the input is not complete: 2 of 6 rows of the whole inventory');
  const { deadLetters } = listLocal(runFiles(demo.out));
  expect(deadLetters.map(({ refusedRow }) => refusedRow)).toEqual(['bad-1', 'bad-2']);
  expect(listText({ pipeline: 'demo', total: 2, deadLetters, notes: [] })).toContain(
    '2 rows of the inventory that the backfill refused',
  );
});

test('[N02] a local run whose rows are all refused makes nothing, and says why', async () => {
  const input = await inputFrom(['bad-1', 'bad-2']);

  await expect(demo.run([], { ...input, fresh: true })).rejects.toThrow(
    "2 of 2 rows of the whole inventory were refused (no row became a message), the first 'bad-1': rowToMessageBody: no date in bad-1",
  );
});
