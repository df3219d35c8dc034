import { beforeEach, expect, test } from '@jest/globals';
import { work } from '../../../lambdas/backfill/work.js';
import { pauseBackfill } from '../../../lambdas/backfill/cursor.js';
import { QueryError } from '../../../lambdas/runtime/errors.js';
import type { QueryEngine } from '../../../lambdas/inventory/engine.js';
import { backfillKit, type BackfillKit } from '../../support/backfill/collaborators.js';
import { leaseAt, runWith } from '../../support/backfill/run.js';

let kit: BackfillKit;

beforeEach(() => {
  kit = backfillKit({ inventory: 's3://b/i', resultsFolder: 'never-written' });
});

/** An engine on which every query is under way. */
function engine(given: Partial<QueryEngine> = {}): QueryEngine {
  return {
    ...kit.engine,
    relation: () => Promise.resolve({ from: 'report' }),
    start: () => Promise.resolve('q-1'),
    state: () => Promise.resolve({ state: 'running' }),
    ...given,
  };
}

const counts = { rows: 5, sent: 4, skipped: 1, refused: 0 };

test('near the end of the invocation, the run invokes the function again and releases the lease', async () => {
  const lease = await leaseAt(kit, { stage: 'querying', queryId: 'q-1', counts });

  const outcome = await work(lease, runWith(kit, { engine: engine(), nearEnd: () => true }));

  expect(outcome).toEqual({
    outcome: 'handed-over',
    chunk: '2022',
    counts,
    message: 'chunk 2022 continues in another invocation after 5 rows',
  });
  expect(kit.invocations).toEqual([{ action: 'continue' }]);
  expect((await kit.cursors.read())?.cursor.lease).toBeUndefined();
});

test('a pause ends the run without another invocation', async () => {
  const lease = await leaseAt(kit, { stage: 'querying', queryId: 'q-1', counts });
  await pauseBackfill(kit.cursors);
  await lease.save();

  const outcome = await work(lease, runWith(kit, { engine: engine() }));

  expect(outcome).toEqual({
    outcome: 'paused',
    chunk: '2022',
    counts,
    message: 'the backfill is paused',
  });
  expect(kit.invocations).toEqual([]);
  expect((await kit.cursors.read())?.cursor.lease).toBeUndefined();
});

test('a permanent error is stored with the run in which it occurred, and thrown', async () => {
  const lease = await leaseAt(kit, { stage: 'pending' });
  const error = new QueryError('no such column', { kind: 'permanent' });

  const run = runWith(kit, { engine: engine({ start: () => Promise.reject(error) }) });

  await expect(work(lease, run)).rejects.toBe(error);
  expect((await kit.cursors.read())?.cursor).toMatchObject({
    stage: 'failed',
    failure: { message: 'no such column', owner: 'o' },
    lease: undefined,
  });
});

test('a transient error is thrown, the chunk is unchanged, and the lease is free for the retry', async () => {
  const lease = await leaseAt(kit, { stage: 'pending' });
  const error = new QueryError('throttled', { kind: 'transient' });

  const run = runWith(kit, { engine: engine({ start: () => Promise.reject(error) }) });

  await expect(work(lease, run)).rejects.toBe(error);
  const stored = await kit.cursors.read();
  expect(stored?.cursor.stage).toBe('pending');
  expect(stored?.cursor.failure).toBeUndefined();
  expect(stored?.cursor.lease).toBeUndefined();
});

test('a transient error is thrown also if the lease cannot be released', async () => {
  const lease = await leaseAt(kit, { stage: 'pending' });
  const error = new QueryError('throttled', { kind: 'transient' });
  const start = () => {
    kit.cursors.write = () => Promise.reject(new Error('DynamoDB is down'));
    return Promise.reject(error);
  };

  await expect(work(lease, runWith(kit, { engine: engine({ start }) }))).rejects.toBe(error);
});

test('a run processes a chunk from its query to the end of the result', async () => {
  const lease = await leaseAt(kit, { stage: 'pending' });
  const bytes = Buffer.from('"key"\n"a"\n');
  const about = { size: bytes.length, eTag: '1', lastModified: new Date(0) };

  const outcome = await work(
    lease,
    runWith(kit, {
      engine: engine({ state: () => Promise.resolve({ state: 'succeeded', resultHref: 'r.csv' }) }),
      objects: {
        read: () => Promise.resolve({ bytes, ...about }),
        folders: () => Promise.resolve([]),
      },
    }),
  );

  expect(outcome).toMatchObject({ outcome: 'complete', counts: { rows: 1, sent: 1 } });
  expect(kit.queue.bodies).toEqual(['a']);
});
