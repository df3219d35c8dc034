import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import { positionOf, type PendingIngestion } from '../../../lambdas/ingestor/pending.js';
import type { Ingestion } from '../../../lambdas/ingestor/reader.js';
import type { VerifyCollaborators } from '../../../lambdas/verify/collaborators.js';
import type { VerifyProgress } from '../../../lambdas/verify/progress.js';
import { verifyHandler } from '../../../lambdas/verify/handler.js';
import { MemoryLog } from '../../support/backfill/collaborators.js';

const NOW = Date.UTC(2024, 4, 1, 13);

function pendingOf(itemId: string, fields: Partial<PendingIngestion> = {}): PendingIngestion {
  return {
    itemId,
    body: `body of ${itemId}`,
    correlationId: 'c',
    messageId: `m-${itemId}`,
    sentTimestamp: '1700000000000',
    tries: 0,
    postedAt: '2024-05-01T12:00:00.000Z',
    partition: 'ingestion#0',
    isRequeued: false,
    ...fields,
  };
}

/** A verification on stand-ins, with what it did to them in order. */
function verification(
  rows: readonly PendingIngestion[],
  statuses: Record<string, Ingestion['status']>,
  delayMs = 0,
) {
  const done: string[] = [];
  const note = (what: string) => (row: PendingIngestion, reason?: string) => {
    done.push([what, row.itemId, ...(reason === undefined ? [] : [reason])].join(' '));
    return Promise.resolve();
  };
  let progress: VerifyProgress = { after: undefined, lastRun: undefined };
  const counted: [string, number | undefined][] = [];
  const log = new MemoryLog();
  const collaborators: VerifyCollaborators = {
    ingestions: {
      record: () => Promise.resolve(),
      pending: async function* (after = '') {
        await Promise.resolve();
        yield* rows.filter((row) => positionOf(row) > after);
      },
      markRequeued: note('marked'),
      remove: note('removed'),
    },
    getIngestion: async (id) => {
      if (delayMs > 0) await sleep(delayMs);
      const status = statuses[id];
      if (status === 'down') {
        throw new IngestorError('the ingestor is down', { kind: 'transient' });
      }
      if (status === undefined) return 'missing';
      if (status === 'of-another-user') return status;
      const message = status === 'failed' ? 'pgSTAC said no' : undefined;
      const found = { id, message, collection: 'example', updatedAt: undefined };
      return { ...found, status: status.split(' ', 1).join('') };
    },
    queue: { sendAgain: note('sent'), sendToDeadLetters: note('dead') },
    versions: {
      forget: (itemId, version) => {
        done.push(`forgot ${version} of ${itemId}`);
        return Promise.resolve();
      },
    },
    progress: {
      read: () => Promise.resolve(progress),
      write: (next) => {
        progress = next;
        return Promise.resolve();
      },
    },
    clock: { now: () => NOW },
    maxTries: 2,
    log,
    meter: {
      publish: () => undefined,
      count: (name, value) => void counted.push([name, value]),
      seconds: (name, value) => void counted.push([name, value]),
    },
  };
  const handler = verifyHandler().with(collaborators);
  const run = (remaining: number | (() => number) = 900_000) =>
    handler(
      {},
      {
        getRemainingTimeInMillis: () => (typeof remaining === 'number' ? remaining : remaining()),
      },
    );
  return { run, done, counted, log, progress: () => progress };
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

test('a version that was not loaded is forgotten with its dead letter, so that an older one can be posted', async () => {
  const version = '2024-05-01T00:00:00';
  const rows = [pendingOf('a', { version, tries: 2 }), pendingOf('b', { version })];
  const { run, done } = verification(rows, { a: 'failed', b: 'failed' });

  await run();

  expect(done.filter((what) => what.startsWith('forgot'))).toEqual([
    'forgot 2024-05-01T00:00:00 of a',
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

/** Rows 000 to 199 that the ingestor has queued. */
function queuedRows() {
  const ids = Array.from({ length: 200 }, (_, index) => String(index).padStart(3, '0'));
  const statuses = Object.fromEntries(ids.map((id) => [id, 'queued']));
  return verification(
    ids.map((id) => pendingOf(id)),
    statuses,
  );
}

test('a run that is out of time lets the next one continue where it stopped, and then with the others', async () => {
  const { run, progress } = queuedRows();

  await expect(run(60_000)).resolves.toEqual({ ...NOTHING, waiting: 1 });
  expect(progress()).toMatchObject({ after: 'ingestion#0 000', lastRun: { isComplete: false } });
  await expect(run()).resolves.toEqual({ ...NOTHING, waiting: 200 });
  expect(progress()).toEqual({
    after: undefined,
    lastRun: {
      endedAt: '2024-05-01T13:00:00.000Z',
      checked: 200,
      settled: 0,
      overdue: 0,
      isComplete: true,
    },
  });
});

test('rows are checked while more than a minute is left', async () => {
  const { run } = queuedRows();

  await expect(run(60_001)).resolves.toEqual({ ...NOTHING, waiting: 200 });
});

test('the time that a row is looked at last decides where the next run starts', async () => {
  const { run, progress } = queuedRows();
  let asked = 0;

  await expect(run(() => ((asked += 1) < 50 ? 900_000 : 0))).resolves.toMatchObject({
    waiting: 50,
  });
  expect(progress().after).toBe('ingestion#0 049');
});

test('the oldest Item that is neither loaded nor sent again is measured, and those of more than a day are counted', async () => {
  const yesterday = { postedAt: '2024-04-30T12:59:59.000Z' };
  const { run, counted, progress, log } = verification(
    [
      pendingOf('a', yesterday),
      pendingOf('b', yesterday),
      pendingOf('c', { ...yesterday, isRequeued: true }),
      pendingOf('d', yesterday),
      pendingOf('e'),
    ],
    { a: 'queued', b: 'succeeded', c: 'failed', d: 'down', e: 'queued' },
  );

  await expect(run()).resolves.toEqual({
    loaded: 1,
    waiting: 2,
    requeued: 1,
    dead: 0,
    unsettled: 1,
  });
  expect(counted).toEqual([
    ['IngestionsUnverified', 1],
    ['IngestionsLoaded', 1],
    ['IngestionsRequeued', 1],
    ['OldestPendingIngestion', 86_401],
  ]);
  expect(progress().lastRun).toMatchObject({ checked: 5, settled: 1, overdue: 1 });
  expect(log.lines.at(-1)?.fields).toMatchObject({ overdue: 1, oldestSeconds: 86_401 });
});

const OVER_AN_HOUR_AGO = { postedAt: '2024-05-01T11:59:59.000Z' };

test('an Item that is not loaded within an hour is sent again, and then becomes a dead letter', async () => {
  const { run, done } = verification(
    [
      pendingOf('a', OVER_AN_HOUR_AGO),
      pendingOf('b'),
      pendingOf('c', { ...OVER_AN_HOUR_AGO, tries: 2 }),
    ],
    { a: 'started', b: 'queued', c: 'queued' },
  );

  await expect(run()).resolves.toEqual({ ...NOTHING, requeued: 1, waiting: 1, dead: 1 });
  expect(done.toSorted()).toEqual([
    'dead c the ingestor accepted the Item but has not loaded it within an hour; its status is queued (posted 3 times)',
    'marked a',
    'removed c',
    'sent a',
  ]);
});

test('an Item that another client posted waits, and is posted again after an hour', async () => {
  const postedBy = 'old-client';
  const { run, log } = verification(
    [pendingOf('a', { postedBy }), pendingOf('b', { ...OVER_AN_HOUR_AGO, postedBy })],
    { a: 'of-another-user', b: 'of-another-user' },
  );

  await expect(run()).resolves.toEqual({ ...NOTHING, waiting: 1, requeued: 1 });
  expect(log.lines[0]?.fields).toMatchObject({
    itemId: 'b',
    reason:
      'the ingestor accepted the Item but has not loaded it within an hour; another client posted it, so its status ' +
      'cannot be asked',
  });
});

test('a run ends soon if the ingestor goes down, and fails', async () => {
  const rows = Array.from({ length: 2_000 }, (_, index) => pendingOf(`i${String(index)}`));
  const { run, log, progress } = verification(
    rows,
    Object.fromEntries(rows.map(({ itemId }) => [itemId, itemId === 'i0' ? 'queued' : 'down'])),
  );

  await expect(run()).rejects.toThrow('the ingestor is down');
  expect(log.lines.length).toBeLessThan(500);
  expect(progress().lastRun).toBeUndefined();
});

test('with an ingestor that answers after 150 ms, 450 Items a second and more are settled', async () => {
  const rows = Array.from({ length: 2_000 }, (_, index) => pendingOf(String(10_000 + index)));
  const statuses = Object.fromEntries(rows.map(({ itemId }) => [itemId, 'succeeded']));
  const { run } = verification(rows, statuses, 150);
  const started = performance.now();

  await expect(run()).resolves.toEqual({ ...NOTHING, loaded: 2_000 });
  expect(2_000 / ((performance.now() - started) / 1000)).toBeGreaterThan(450);
});

test('a failure without a message says so', async () => {
  const { run, done } = verification([pendingOf('a', { tries: 2 })], { a: 'failed silently' });

  await run();

  expect(done[0]).toBe(
    'dead a the ingestor accepted the Item but failed to load it: (no message) (posted 3 times)',
  );
});

test('the log lists what was sent again, what was dead-lettered, and the counts', async () => {
  const { run, log } = verification([pendingOf('a'), pendingOf('b', { tries: 2 })], {
    b: 'failed',
  });
  const lost = 'the ingestor accepted the Item but has no record of it';
  const failed =
    'the ingestor accepted the Item but failed to load it: pgSTAC said no (posted 3 times)';

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
      fields: { ...NOTHING, requeued: 1, dead: 1, overdue: 0, oldestSeconds: 0 },
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
