import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { awaitQuery } from '../../../lambdas/backfill/await-query.js';
import { restartQuery, startQuery } from '../../../lambdas/backfill/query.js';
import { NO_COUNTS } from '../../../lambdas/backfill/counts.js';
import { pauseBackfill, type BackfillCursor } from '../../../lambdas/backfill/cursor.js';
import type { QueryState } from '../../../lambdas/inventory/engine.js';
import { backfillKit, type BackfillKit } from '../../support/backfill/collaborators.js';
import { leaseAt, runWith } from '../../support/backfill/run.js';

const counts = { rows: 5, sent: 5, skipped: 0, refused: 0 };

let kit: BackfillKit;

beforeEach(() => {
  kit = backfillKit({ inventory: 's3://b/i', resultsFolder: 'never-written' });
});

/** A run that holds the backfill at `cursor`, on an engine that is in `states` one after the other. */
async function runAt(
  cursor: Partial<BackfillCursor>,
  states: readonly QueryState[] = [],
  nearEnd = () => false,
) {
  const lease = await leaseAt(kit, cursor);
  const asked: string[] = [];
  const started: { sql: string; token: string }[] = [];
  const run = runWith(kit, {
    nearEnd,
    engine: {
      dialect: 'duckdb',
      relation: () => Promise.resolve({ from: 'report' }),
      start: (sql, token) => {
        started.push({ sql, token });
        return Promise.resolve('q-1');
      },
      state: (id) => {
        asked.push(id);
        return Promise.resolve(states[asked.length - 1] ?? { state: 'running' });
      },
      stop: () => Promise.resolve(),
    },
  });
  return { lease, run, asked, started };
}

const succeeded: QueryState = { state: 'succeeded', resultHref: 'r.csv', scannedBytes: 7 };

describe('a query', () => {
  test('is started with a token that is unique to the query and the attempt', async () => {
    const { lease, run, started } = await runAt({ attempt: 1 });

    await startQuery(lease, run);
    await startQuery(lease, run);
    await lease.save({ attempt: 2 });
    await startQuery(lease, run);

    const [first, same, other] = started.map(({ token }) => token);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(same).toBe(first);
    expect(other).not.toBe(first);
    expect(lease.cursor).toMatchObject({ stage: 'querying', queryId: 'q-1' });
    expect(kit.log.lines[0]).toEqual({
      level: 'info',
      message: 'query started',
      fields: { queryId: 'q-1', chunk: '2022', dt: '2022-04-22-01-00' },
    });
  });

  test('is polled at increasing intervals, and then its result is ready to be sent', async () => {
    const running: QueryState = { state: 'running' };
    const { lease, run, asked } = await runAt({ stage: 'querying', queryId: 'q-1' }, [
      ...[running, running, running, running],
      succeeded,
    ]);
    const before = kit.clock.now();
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);

    await awaitQuery(lease, run);

    random.mockRestore();
    expect(asked).toEqual(Array.from({ length: 5 }, () => 'q-1'));
    // Half of 250, 500, 1000 and 2000 ms.
    expect(kit.clock.now() - before).toBe(1_875);
    expect(lease.cursor).toMatchObject({
      stage: 'sending',
      result: { href: 'r.csv', offset: 0, size: 0 },
    });
    expect(kit.log.lines).toEqual([
      {
        level: 'info',
        message: 'query succeeded',
        fields: { queryId: 'q-1', scannedBytes: 7 },
      },
    ]);
  });

  test('is left running near the end of the invocation', async () => {
    const { lease, run, asked } = await runAt(
      { stage: 'querying', queryId: 'q-1' },
      [],
      () => true,
    );

    await awaitQuery(lease, run);

    expect(asked).toEqual(['q-1']);
    expect(lease.cursor).toMatchObject({ stage: 'querying', queryId: 'q-1' });
  });

  test('is left running when the backfill is paused', async () => {
    const { lease, run, asked } = await runAt({ stage: 'querying', queryId: 'q-1' });
    await pauseBackfill(kit.cursors);
    await lease.save();

    await awaitQuery(lease, run);

    expect(asked).toEqual(['q-1']);
    expect(lease.cursor.stage).toBe('querying');
  });

  test('that fails permanently stops the backfill with the reason', async () => {
    const failed: QueryState = { state: 'failed', reason: 'no such column', transient: false };
    const { lease, run } = await runAt({ stage: 'querying', queryId: 'q-1' }, [failed]);

    await expect(awaitQuery(lease, run)).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'permanent',
      message: 'query q-1 failed: no such column',
    });
  });

  test('that is too large for a chunk is restarted once, and then the reason says to make chunks smaller', async () => {
    const failed: QueryState = {
      state: 'failed',
      reason: 'Query timeout',
      transient: true,
      tooLarge: true,
    };
    const querying = { stage: 'querying', queryId: 'q-1', chunk: '2022-04-20' } as const;
    const { lease, run } = await runAt(querying, [failed, failed]);
    await awaitQuery(lease, run);

    expect(lease.cursor).toMatchObject({ stage: 'pending', restarts: 1 });
    await lease.save(querying);
    await expect(awaitQuery(lease, run)).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringMatching(
        /^query q-1 failed: Query timeout: the query for chunk 2022-04-20 .* smaller chunks; .* \(after 1 restart\)$/,
      ) as unknown,
    });
  });

  test('that fails transiently is restarted, and sending starts at the first row', async () => {
    const failed: QueryState = { state: 'failed', reason: 'throttled', transient: true };
    const result = { href: 'r.csv', offset: 9, size: 9 };
    const { lease, run } = await runAt(
      { stage: 'querying', queryId: 'q-1', attempt: 3, restarts: 1, result, counts },
      [failed],
    );
    const before = kit.clock.now();
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.75);

    await awaitQuery(lease, run);

    random.mockRestore();
    expect(lease.cursor).toMatchObject({
      stage: 'pending',
      attempt: 4,
      restarts: 2,
      counts: NO_COUNTS,
      queryId: undefined,
      result: undefined,
    });
    // The second wait: 75 % of two seconds.
    expect(kit.clock.now() - before).toBe(1_500);
    expect(kit.log.lines).toEqual([
      {
        level: 'warn',
        message: 'restarting the query',
        fields: { reason: 'query q-1 failed: throttled', restarts: 2 },
      },
    ]);
  });

  test('is restarted five times, and then the backfill fails', async () => {
    const { lease, run } = await runAt({ restarts: 4 });

    await restartQuery('the result is gone', lease, run);

    expect(lease.cursor.restarts).toBe(5);
    await expect(restartQuery('the result is gone', lease, run)).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'permanent',
      message: 'the result is gone (after 5 restarts)',
    });
  });

  test('that queryInventory fails to return is a permanent error with its cause', async () => {
    const { lease, run } = await runAt({});
    const cause = new Error('no such day');
    const queryInventory = () => {
      throw cause;
    };

    await expect(
      startQuery(lease, { ...run, pipeline: { ...run.pipeline, queryInventory } }),
    ).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'permanent',
      cause,
      message: 'queryInventory in historic.ts threw an error: no such day',
    });
  });
});
