import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NO_COUNTS } from '../../lambdas/backfill/counts.js';
import {
  newBackfill,
  type BackfillCursor,
  type StoredCursor,
} from '../../lambdas/backfill/cursor.js';
import type { BackfillCollaborators } from '../../lambdas/backfill/collaborators.js';
import { historicHandler } from '../../lambdas/historic-handler.js';
import { sourceOf } from '../../lambdas/backfill/settings.js';
import { backfillKit, invocation, type BackfillKit } from '../support/backfill/collaborators.js';

const handler = historicHandler({
  queryInventory: () => 'SELECT key FROM inventory',
  rowToMessageBody: ({ key }) => key,
  nextChunk: () => undefined,
});
const counts = { rows: 3, sent: 3, skipped: 0, refused: 0 };
const environment = process.env;

let kit: BackfillKit;

beforeEach(() => {
  process.env = {};
  kit = backfillKit({ inventory: 's3://b/i', resultsFolder: 'never-written' });
});

afterEach(() => {
  process.env = environment;
});

function cursorOf(cursor: Partial<BackfillCursor>): BackfillCursor {
  const begun = newBackfill({ source: sourceOf(kit.settings), chunk: '2022', now: 0 });
  return { ...begun, dt: '2022-04-22-01-00', ...cursor };
}

/** What `continue` gives where the backfill is at `cursor`. */
async function goOn(cursor: Partial<BackfillCursor>, others: Partial<BackfillCollaborators> = {}) {
  await kit.cursors.write(cursorOf(cursor), undefined);
  return handler.with({ ...kit, ...others })({ action: 'continue' }, invocation('me'));
}

describe('an event', () => {
  test.each([null, undefined, 'run', {}, { action: 'stop' }, 7])(
    '%j is rejected as unknown',
    async (event) => {
      await expect(handler.with(kit)(event, invocation('me'))).rejects.toMatchObject({
        name: 'ConfigurationError',
        message: `the event of the historic function must be {"action":"run"} or {"action":"continue"} (given ${JSON.stringify(event)})`,
      });
    },
  );
});

describe('the outcome', () => {
  test('of an inventory whose backfill has not started is idle', async () => {
    expect(await goOn({ source: 'another' })).toEqual({
      outcome: 'idle',
      message: 'no backfill of this inventory has started',
    });
  });

  test('is the last line of the log', async () => {
    const outcome = await goOn({ stage: 'waiting' });

    expect(outcome).toEqual({
      outcome: 'idle',
      chunk: '2022',
      message: 'the next chunk waits for the schedule',
    });
    expect(kit.log.lines).toEqual([
      {
        level: 'info',
        message: 'the next chunk waits for the schedule',
        fields: { outcome: 'idle', chunk: '2022' },
      },
    ]);
  });

  test('of a paused chunk is paused', async () => {
    expect(await goOn({ stage: 'sending', paused: true })).toEqual({
      outcome: 'paused',
      chunk: '2022',
      message: 'the backfill is paused',
    });
  });

  test.each(['complete', 'empty'] as const)(
    'of a backfill in stage %s is the stage',
    async (stage) => {
      expect(await goOn({ stage })).toMatchObject({ outcome: stage, chunk: '2022' });
    },
  );

  test('of a backfill that another run holds is busy', async () => {
    const lease = { owner: 'other', until: kit.clock.now() + 1_000 };

    expect(await goOn({ stage: 'querying', queryId: 'q-1', lease })).toEqual({
      outcome: 'busy',
      chunk: '2022',
      message: 'another run is working on the backfill',
    });
  });

  test('of a chunk that failed in another run is failed, with the reason', async () => {
    const failure = { message: 'no such column', owner: 'other' };

    expect(await goOn({ stage: 'failed', failure })).toEqual({
      outcome: 'failed',
      chunk: '2022',
      message: 'no such column',
    });
  });

  test('of a retry of the failed event is the same failure', async () => {
    const failure = { message: 'no such column', owner: 'me' };

    await expect(goOn({ stage: 'failed', failure })).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'permanent',
      message: 'no such column',
    });
  });
});

describe('the end of the invocation', () => {
  test.each([
    ['of 15 minutes begins before the last minute', [900_000, 60_000, 60_000, 59_999], 3],
    ['of 100 seconds begins before the last fifth', [100_000, 20_000, 19_999], 2],
  ])('%s', async (_name, reads, polls) => {
    await kit.cursors.write(cursorOf({ stage: 'querying', queryId: 'q-1', counts }), undefined);
    let asked = 0;
    const engine = {
      ...kit.engine,
      state: () => {
        asked += 1;
        return Promise.resolve({ state: 'running' as const });
      },
    };
    const remaining = () => (reads.length > 1 ? reads.shift() : reads[0]) ?? 0;

    const outcome = await handler.with({ ...kit, engine })(
      { action: 'continue' },
      invocation('me', remaining),
    );

    expect(outcome).toMatchObject({ outcome: 'handed-over', counts });
    expect(asked).toBe(polls);
  });
});

describe('collaborators', () => {
  test('default to the deployed ones', async () => {
    await expect(handler({ action: 'continue' }, invocation('me'))).rejects.toThrow(
      'environment variable PIPELINE is not set',
    );
  });

  test('passed to the handler replace the deployed ones, which are not built', async () => {
    const outcome = await handler.with(kit)({ action: 'continue' }, invocation('me'));

    expect(outcome).toMatchObject({ outcome: 'idle' });
  });
});

describe('a query whose backfill is taken over', () => {
  /** Goes on at `mine`, and finds `other` stored as soon as it asks the engine or reads the result. */
  async function takenOver(mine: Partial<BackfillCursor>, other: StoredCursor | undefined) {
    const stopped: string[] = [];
    const take = () => {
      kit.cursors.read = () => Promise.resolve(other);
      kit.cursors.write = () => Promise.resolve(false);
    };
    const outcome = await goOn(mine, {
      engine: {
        ...kit.engine,
        state: () => {
          take();
          return Promise.resolve({ state: 'succeeded', resultHref: 'r.csv' });
        },
        stop: (id) => {
          stopped.push(id);
          return Promise.reject(new Error('AccessDenied'));
        },
      },
      objects: {
        ...kit.objects,
        read: () => {
          take();
          const bytes = Buffer.from('"key"\n"a"\n');
          const about = { size: bytes.length, eTag: '1', lastModified: new Date(0) };
          return Promise.resolve({ bytes, ...about });
        },
      },
    });
    expect(outcome).toMatchObject({ outcome: 'busy', chunk: '2022' });
    return stopped;
  }

  const querying = { stage: 'querying', queryId: 'q-1' } as const;
  const restarted = (fields: Partial<BackfillCursor>) => ({
    version: 9,
    cursor: cursorOf({ attempt: 7, stage: 'pending', ...fields }),
  });

  test('by a restart is stopped, and a failure to stop it is logged', async () => {
    expect(await takenOver(querying, restarted({}))).toEqual(['q-1']);
    expect(kit.log.lines[1]).toEqual({
      level: 'warn',
      message: 'could not stop the replaced query',
      fields: { queryId: 'q-1', error: 'Error: AccessDenied' },
    });
  });

  test('and removed is stopped', async () => {
    expect(await takenOver(querying, undefined)).toEqual(['q-1']);
  });

  test('by a run that waits for the same query is not stopped', async () => {
    expect(await takenOver(querying, restarted({ queryId: 'q-1' }))).toEqual([]);
  });

  test('after it ended is not stopped', async () => {
    const result = { href: 'r.csv', offset: 0, size: 0 };
    const sending = { stage: 'sending', queryId: 'q-1', result, counts: NO_COUNTS } as const;

    expect(await takenOver(sending, restarted({}))).toEqual([]);
  });
});
