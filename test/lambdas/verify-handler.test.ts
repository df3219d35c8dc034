import { expect, test } from '@jest/globals';
import { IngestorError } from '../../lambdas/errors.js';
import type { PendingIngestion } from '../../lambdas/ingestion-log.js';
import type { Ingestion } from '../../lambdas/ingestor-reader.js';
import { silentLog } from '../../lambdas/log.js';
import { silentMeter } from '../../lambdas/metrics.js';
import { verifyHandler, type VerifyCollaborators } from '../../lambdas/verify-handler.js';

function pendingOf(itemId: string, fields: Partial<PendingIngestion> = {}): PendingIngestion {
  return {
    ...{ itemId, body: `body of ${itemId}`, correlationId: 'c', messageId: `m-${itemId}` },
    ...{ sentTimestamp: '1700000000000', tries: 0, postedAt: '2024-05-01T12:00:00.000Z' },
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
        return Promise.resolve();
      },
    },
    maxTries: 2,
    log: silentLog,
    meter: silentMeter,
  };
  const run = (remainingMs = 60_000) =>
    verifyHandler(() => collaborators)({}, { getRemainingTimeInMillis: () => remainingMs });
  return { run, done, cursor: () => cursor };
}

const NOTHING = { loaded: 0, waiting: 0, requeued: 0, dead: 0, unsettled: 0 };

test('what was loaded is forgotten; what is not yet loaded is left alone', async () => {
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

test('what failed to load is sent again first and noted after', async () => {
  const { run, done } = verification([pendingOf('a')], { a: 'failed' });

  await expect(run()).resolves.toEqual({ ...NOTHING, requeued: 1 });
  expect(done).toEqual(['sent a', 'marked a']);
});

test('an Item of which the ingestor knows nothing any more is sent again', async () => {
  const { run, done } = verification([pendingOf('a')], {});

  await expect(run()).resolves.toEqual({ ...NOTHING, requeued: 1 });
  expect(done).toEqual(['sent a', 'marked a']);
});

test('what waits on the queue is not asked about: the ingestor still knows the old failure', async () => {
  const { run, done } = verification([pendingOf('a', { isRequeued: true })], { a: 'failed' });

  await expect(run()).resolves.toEqual({ ...NOTHING, waiting: 1 });
  expect(done).toEqual([]);
});

test('after the last try the message is dead, with the reason that the loader gave', async () => {
  const { run, done } = verification([pendingOf('a', { tries: 2 })], { a: 'failed' });

  await expect(run()).resolves.toEqual({ ...NOTHING, dead: 1 });
  expect(done).toEqual([
    'dead a the ingestor took the Item and failed to load it: pgSTAC said no (posted 3 times)',
    'removed a',
  ]);
});

test('one that cannot be asked about hides no other', async () => {
  const { run } = verification([pendingOf('a'), pendingOf('b')], { a: 'down', b: 'succeeded' });

  await expect(run()).resolves.toEqual({ ...NOTHING, loaded: 1, unsettled: 1 });
});

test('an ingestor that answers nothing fails the function, so that its alarm shows it', async () => {
  const { run } = verification([pendingOf('a')], { a: 'down' });

  await expect(run()).rejects.toThrow('the ingestor is down');
});

test('a run that is out of time has the next one go on where it ended', async () => {
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

test('a run that had the time for all begins at the start again, and writes no cursor for that', async () => {
  const { run, cursor } = verification([pendingOf('a')], { a: 'queued' });

  await run(0);

  expect(cursor()).toBeUndefined();
});

test('a failure without a message says that there is none', async () => {
  const { run, done } = verification([pendingOf('a', { tries: 2 })], { a: 'failed silently' });

  await run();

  expect(done[0]).toBe(
    'dead a the ingestor took the Item and failed to load it: (no message) (posted 3 times)',
  );
});
