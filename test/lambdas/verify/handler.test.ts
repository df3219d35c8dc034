import { expect, test } from '@jest/globals';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import type { PendingIngestion } from '../../../lambdas/ingestor/pending.js';
import type { Ingestion } from '../../../lambdas/ingestor/reader.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import type { VerifyCollaborators } from '../../../lambdas/verify/collaborators.js';
import { verifyHandler } from '../../../lambdas/verify/handler.js';
import { MemoryLog } from '../../support/backfill/collaborators.js';

function pendingOf(itemId: string, fields: Partial<PendingIngestion> = {}): PendingIngestion {
  return {
    itemId,
    body: `body of ${itemId}`,
    correlationId: 'c',
    messageId: `m-${itemId}`,
    sentTimestamp: '1700000000000',
    tries: 0,
    postedAt: '2024-05-01T12:00:00.000Z',
    isRequeued: false,
    ...fields,
  };
}

/** A verification on stand-ins, with what it did to them in order. */
function verification(
  rows: readonly PendingIngestion[],
  statuses: Record<string, Ingestion['status']>,
) {
  const done: string[] = [];
  const note = (what: string) => (row: PendingIngestion, reason?: string) => {
    done.push([what, row.itemId, ...(reason === undefined ? [] : [reason])].join(' '));
    return Promise.resolve();
  };
  let cursor: string | undefined;
  const writes: (string | undefined)[] = [];
  const log = new MemoryLog();
  const collaborators: VerifyCollaborators = {
    ingestions: {
      record: () => Promise.resolve(),
      pending: async function* (after = '') {
        await Promise.resolve();
        yield* rows.filter(({ itemId }) => itemId > after);
      },
      markRequeued: note('marked'),
      remove: note('removed'),
    },
    getIngestion: (id) => {
      const status = statuses[id];
      if (status === 'down') {
        return Promise.reject(new IngestorError('the ingestor is down', { kind: 'transient' }));
      }
      if (status === undefined) return Promise.resolve(undefined);
      const message = status === 'failed' ? 'pgSTAC said no' : undefined;
      const found = { id, message, collection: 'example', updatedAt: undefined };
      return Promise.resolve({ ...found, status: status.split(' ', 1).join('') });
    },
    queue: { sendAgain: note('sent'), sendToDeadLetters: note('dead') },
    cursor: {
      read: () => Promise.resolve(cursor),
      write: (after) => {
        cursor = after;
        writes.push(after);
        return Promise.resolve();
      },
    },
    maxTries: 2,
    log,
    meter: silentMeter,
  };
  const handler = verifyHandler().with(collaborators);
  const run = (remainingMs = 60_000) =>
    handler({}, { getRemainingTimeInMillis: () => remainingMs });
  return { run, done, writes, log, cursor: () => cursor };
}

const NOTHING = { loaded: 0, waiting: 0, requeued: 0, dead: 0, unsettled: 0 };

test('rows of loaded Items are removed, rows of waiting Items are kept', async () => {
  const rows = ['a', 'b', 'c', 'd'].map((id) => pendingOf(id));
  const { run, done } = verification(rows, {
    a: 'succeeded',
    b: 'queued',
    c: 'cancelled',
    d: 'started',
  });

  await expect(run()).resolves.toEqual({ ...NOTHING, loaded: 2, waiting: 2 });
  expect(done).toEqual(['removed a', 'removed c']);
});

test('a failed Item is sent again before its row is marked', async () => {
  const { run, done } = verification([pendingOf('a')], { a: 'failed' });

  await expect(run()).resolves.toEqual({ ...NOTHING, requeued: 1 });
  expect(done).toEqual(['sent a', 'marked a']);
});

test('an Item that the ingestor no longer knows is sent again', async () => {
  const { run, done } = verification([pendingOf('a')], {});

  await expect(run()).resolves.toEqual({ ...NOTHING, requeued: 1 });
  expect(done).toEqual(['sent a', 'marked a']);
});

test('an Item on the queue is not checked, because the ingestor still has the old failure', async () => {
  const { run, done } = verification([pendingOf('a', { isRequeued: true })], { a: 'failed' });

  await expect(run()).resolves.toEqual({ ...NOTHING, waiting: 1 });
  expect(done).toEqual([]);
});

test("after the last try the message is dead-lettered with the ingestor's reason", async () => {
  const { run, done } = verification([pendingOf('a', { tries: 2 })], { a: 'failed' });

  await expect(run()).resolves.toEqual({ ...NOTHING, dead: 1 });
  expect(done).toEqual([
    'dead a the ingestor accepted the Item but failed to load it: pgSTAC said no (posted 3 times)',
    'removed a',
  ]);
});

test('an Item that cannot be checked does not affect the others', async () => {
  const { run } = verification([pendingOf('a'), pendingOf('b')], { a: 'down', b: 'succeeded' });

  await expect(run()).resolves.toEqual({ ...NOTHING, loaded: 1, unsettled: 1 });
});

test('the function fails if every request to the ingestor fails, so that its alarm fires', async () => {
  const { run } = verification([pendingOf('a')], { a: 'down' });

  await expect(run()).rejects.toThrow('the ingestor is down');
});

test('a run that is out of time lets the next one continue where it stopped', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => String(index).padStart(3, '0'));
  const statuses = Object.fromEntries(ids.map((id) => [id, 'queued']));
  const { run, cursor } = verification(
    ids.map((id) => pendingOf(id)),
    statuses,
  );

  await expect(run(5_000)).resolves.toEqual({ ...NOTHING, waiting: 160 });
  expect(cursor()).toBe('159');
  await expect(run()).resolves.toEqual({ ...NOTHING, waiting: 40 });
  expect(cursor()).toBeUndefined();
});

test('after a complete run the next one starts at the beginning, without a write of the cursor', async () => {
  const { run, writes } = verification([pendingOf('a')], { a: 'queued' });

  await run(0);

  expect(writes).toHaveLength(0);
});

test('a failure without a message says so', async () => {
  const { run, done } = verification([pendingOf('a', { tries: 2 })], { a: 'failed silently' });

  await run();

  expect(done[0]).toBe(
    'dead a the ingestor accepted the Item but failed to load it: (no message) (posted 3 times)',
  );
});

test('another page is checked while more than ten seconds are left', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => String(index).padStart(3, '0'));
  const queued = () =>
    verification(
      ids.map((id) => pendingOf(id)),
      Object.fromEntries(ids.map((id) => [id, 'queued'])),
    );
  const [enough, tooLittle] = [queued(), queued()];

  await expect(enough.run(10_001)).resolves.toEqual({ ...NOTHING, waiting: 200 });
  await expect(tooLittle.run(10_000)).resolves.toEqual({ ...NOTHING, waiting: 160 });
  expect([enough.writes, tooLittle.writes]).toStrictEqual([[], ['159']]);
});

test('the log lists what was sent again, what was dead-lettered, and the counts', async () => {
  const { run, log } = verification([pendingOf('a'), pendingOf('b', { tries: 2 })], {
    b: 'failed',
  });
  const lost = 'the ingestor accepted the Item but has no record of it';
  const failed = 'the ingestor accepted the Item but failed to load it: pgSTAC said no';

  await run();

  expect(log.lines).toEqual([
    {
      level: 'warn',
      message: 'ingestion',
      fields: {
        itemId: 'a',
        messageId: 'm-a',
        correlationId: 'c',
        outcome: 'requeued',
        tries: 1,
        reason: lost,
      },
    },
    {
      level: 'error',
      message: 'ingestion',
      fields: {
        itemId: 'b',
        messageId: 'm-b',
        correlationId: 'c',
        outcome: 'dead',
        tries: 3,
        reason: failed,
      },
    },
    {
      level: 'info',
      message: 'ingestions verified',
      fields: { ...NOTHING, requeued: 1, dead: 1 },
    },
  ]);
});

test('the log lists what could not be checked', async () => {
  const { run, log } = verification([pendingOf('a'), pendingOf('b')], { a: 'down', b: 'queued' });

  await run();

  expect(log.lines[0]).toEqual({
    level: 'warn',
    message: 'could not verify an ingestion',
    fields: { error: 'the ingestor is down' },
  });
});
