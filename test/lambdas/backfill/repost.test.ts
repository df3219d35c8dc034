import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { goOnFor } from '../../../lambdas/backfill/ahead.js';
import { memoryCursors } from '../../../lambdas/backfill/cursor-table.js';
import {
  newBackfill,
  pauseBackfill,
  restartBackfill,
  resumeBackfill,
  type BackfillCursor,
  type CursorStore,
} from '../../../lambdas/backfill/cursor.js';
import { sourceOf } from '../../../lambdas/backfill/settings.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import { QueryError } from '../../../lambdas/runtime/errors.js';
import { backfillKit, invocation, type BackfillKit } from '../../support/backfill/collaborators.js';
import { writeInventory } from '../../support/backfill/inventory-folder.js';

const LAST = 6;
const handler = historicHandler({
  queryInventory: ({ chunk }) =>
    `SELECT key, size FROM inventory WHERE key LIKE '${chunk ?? ''}/%'`,
  rowToMessageBody: ({ key }) => key,
  nextChunk: (chunk) => (Number(chunk) < LAST ? String(Number(chunk) + 1) : undefined),
});

let folder: string;
let kit: BackfillKit & { readonly reposts: CursorStore };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repost-'));
  const inventory = join(folder, 'inventory');
  const keys = [1, 2, 3, 4, 5, 6].flatMap((chunk) => [`${chunk}/a`, `${chunk}/b`]);
  const rows = keys.map((key) => ({ bucket: 'bucket', key, size: key.endsWith('a') ? 1 : 200 }));
  const fields = ['Bucket', 'Key', 'Size'];
  await writeInventory({
    folder: inventory,
    dt: '2022-04-22-01-00',
    format: 'CSV',
    fields,
    files: [rows],
  });
  const settings = { frequencyHours: 1, initialChunk: '1' };
  const given = {
    inventory,
    fields: fields.join(),
    resultsFolder: join(folder, 'results'),
    settings,
  };
  kit = { ...backfillKit(given), reposts: memoryCursors() };
});

afterEach(() => rm(folder, { recursive: true }));

/** Delivers the events with which the function invokes itself. Returns the outcomes. */
async function drain(limit = Infinity): Promise<string[]> {
  const outcomes: string[] = [];
  while (outcomes.length < limit) {
    const event = kit.invocations.shift();
    if (event === undefined) break;
    const { outcome } = await handler.with(kit)(event, invocation(`run-${outcomes.length}`));
    outcomes.push(outcome);
    // The query engine needs the event loop.
    await setImmediate();
  }
  return outcomes;
}

const invoke = (event: object) => handler.with(kit)(event, invocation('person'));
const cursorOf = async (store: CursorStore): Promise<BackfillCursor | undefined> =>
  (await store.read())?.cursor;

async function storeRepost(
  range: Partial<NonNullable<BackfillCursor['range']>> = {},
): Promise<void> {
  const whole = { from: '2', to: '4', count: 3, ...range };
  const begin = { source: sourceOf(kit.settings), chunk: whole.from, now: kit.clock.now() };
  await restartBackfill(kit.reposts, { ...begin, range: whole });
}

describe('a repost', () => {
  test('sends its range to the end without the schedule, and leaves the backfill alone', async () => {
    await invoke({ action: 'run' });
    kit.invocations.length = 0;
    const before = await kit.cursors.read();
    await storeRepost();

    const { outcome } = await invoke({ action: 'repost' });
    const outcomes = await drain();

    expect(outcome).toBe('started');
    expect(outcomes.at(-1)).toBe('complete');
    expect([...kit.queue.bodies].sort()).toEqual(['2/a', '2/b', '3/a', '3/b', '4/a', '4/b']);
    expect(await cursorOf(kit.reposts)).toMatchObject({ stage: 'complete', chunks: 3, chunk: '4' });
    expect(await kit.cursors.read()).toEqual(before);
  });

  test('has only the rows for which its condition holds', async () => {
    await storeRepost({ where: "size > 100 OR key LIKE '3/%'" });

    await invoke({ action: 'repost' });
    await drain();

    expect([...kit.queue.bodies].sort()).toEqual(['2/b', '3/a', '3/b', '4/b']);
  });

  test('fails with a condition that is not one, and sends nothing', async () => {
    await storeRepost({ where: 'true) UNION (SELECT 1' });

    await expect(invoke({ action: 'repost' })).rejects.toThrow('it closes a parenthesis');

    expect(kit.queue.bodies).toEqual([]);
  });

  test('runs beside a backfill whose chunks follow each other', async () => {
    await storeRepost();

    await invoke({ action: 'run', chunks: 'all' });
    await invoke({ action: 'repost' });
    await drain();

    expect(kit.queue.bodies).toHaveLength(12 + 6);
    expect(await cursorOf(kit.cursors)).toMatchObject({ stage: 'complete', chunks: LAST });
    expect(await cursorOf(kit.reposts)).toMatchObject({ stage: 'complete', chunks: 3 });
  });

  test('is continued by the resume schedule after a lost invocation, between chunks and within one', async () => {
    await storeRepost();
    await invoke({ action: 'repost' });
    const outcomes: string[] = [];
    for (let lost = 0; lost < 20; lost += 1) {
      outcomes.push(...(await drain(1)));
      // The invocation with which the function wanted to go on is lost.
      kit.invocations.length = 0;
      if ((await cursorOf(kit.reposts))?.stage === 'complete') break;
      await invoke({ action: 'continue' });
    }

    expect(outcomes).toContain('chunk-done');
    expect(outcomes.at(-1)).toBe('complete');
    expect([...kit.queue.bodies].sort()).toEqual(['2/a', '2/b', '3/a', '3/b', '4/a', '4/b']);
  });

  test('is not continued by the resume schedule while it is paused, is at work, or has ended', async () => {
    await storeRepost();
    await invoke({ action: 'repost' });
    kit.invocations.length = 0;
    await pauseBackfill(kit.reposts);
    await invoke({ action: 'continue' });
    const paused = [...kit.invocations];
    await resumeBackfill(kit.reposts);
    const stored = await kit.reposts.read();
    const lease = { owner: 'other', until: kit.clock.now() + 60_000 };
    if (stored) await kit.reposts.write({ ...stored.cursor, lease }, stored.version);
    await invoke({ action: 'continue' });
    const leased = [...kit.invocations];
    kit.clock.advance(60_001);
    await invoke({ action: 'continue' });
    await drain();
    await invoke({ action: 'continue' });

    expect([paused, leased, kit.invocations]).toEqual([[], [], []]);
    expect(await cursorOf(kit.reposts)).toMatchObject({ stage: 'complete' });
  });

  test('that is paused between two chunks stops there', async () => {
    await storeRepost();
    await invoke({ action: 'repost' });
    await drain(1);
    await pauseBackfill(kit.reposts);
    await drain();

    expect(await cursorOf(kit.reposts)).toMatchObject({ stage: 'waiting', chunk: '3', chunks: 1 });
    expect(kit.queue.bodies).toHaveLength(2);
  });

  test('that is cancelled while a run works on it stops, and does not go on', async () => {
    await storeRepost();
    await invoke({ action: 'repost' });
    const { reposts } = kit;
    const cancelling: CursorStore = {
      ...reposts,
      write: async (cursor, expected) => {
        const stored = await reposts.read();
        if (cursor.stage === 'sending' && stored)
          await reposts.write({ ...stored.cursor, stage: 'cancelled' }, stored.version);
        return reposts.write(cursor, expected);
      },
    };
    kit = { ...kit, reposts: cancelling };

    expect(await drain()).toEqual(['busy']);

    await invoke({ action: 'continue' });
    expect(kit.invocations).toEqual([]);
    expect(await cursorOf(reposts)).toMatchObject({ stage: 'cancelled' });
    expect(await invoke({ action: 'repost' })).toMatchObject({ outcome: 'idle' });
  });

  test('that fails keeps its failure, leaves the backfill working, and is started again', async () => {
    await storeRepost();
    await invoke({ action: 'repost' });
    const start = () => Promise.reject(new QueryError('no access', { kind: 'permanent' }));
    const event = kit.invocations.shift() ?? {};
    const failing = handler.with({ ...kit, engine: { ...kit.engine, start } });

    await expect(failing(event, invocation('f'))).rejects.toThrow('no access');

    expect(await cursorOf(kit.reposts)).toMatchObject({ stage: 'failed', failure: { owner: 'f' } });
    expect(await invoke({ action: 'run' })).toMatchObject({ outcome: 'started' });
    expect(await invoke({ action: 'repost' })).toMatchObject({ outcome: 'started' });
    await drain();
    expect(await cursorOf(kit.reposts)).toMatchObject({ stage: 'complete', chunks: 3 });
  });

  test('of another inventory does not run, and there is none without a stored one', async () => {
    const none = await invoke({ action: 'repost' });
    const begin = {
      source: 'another',
      chunk: '2',
      now: 0,
      range: { from: '2', to: '2', count: 1 },
    };
    await kit.reposts.write(newBackfill(begin), undefined);
    const another = await invoke({ action: 'repost' });
    await invoke({ action: 'continue' });

    expect([none.outcome, another.outcome]).toEqual(['idle', 'idle']);
    expect([kit.queue.bodies, kit.invocations]).toEqual([[], []]);
  });

  test('that cannot be read does not stop the backfill', async () => {
    await invoke({ action: 'run' });
    kit = {
      ...kit,
      reposts: { ...kit.reposts, read: () => Promise.reject(new Error('throttled')) },
    };

    expect(await drain()).toEqual(['chunk-done']);
    expect(kit.log.lines).toContainEqual({
      level: 'warn',
      message: 'cannot continue the repost',
      fields: { error: 'throttled' },
    });
  });
});

describe('chunks that follow each other', () => {
  test.each([
    [1, { chunk: '2', stage: 'waiting', sent: 2 }],
    [3, { chunk: '4', stage: 'waiting', sent: 6 }],
    ['all', { chunk: '6', stage: 'complete', sent: 12 }],
    [100, { chunk: '6', stage: 'complete', sent: 12 }],
  ] as const)('are as many as %j', async (chunks, { chunk, stage, sent }) => {
    await invoke({ action: 'run', chunks });
    await drain();

    expect(await cursorOf(kit.cursors)).toMatchObject({ chunk, stage });
    expect(kit.queue.bodies).toHaveLength(sent);
  });

  test('do not go beyond their number when an event comes twice', async () => {
    await invoke({ action: 'run', chunks: 2 });
    await drain();
    await invoke({ action: 'continue' });
    await invoke({ action: 'continue' });
    await drain();

    expect(await cursorOf(kit.cursors)).toMatchObject({ chunk: '3', stage: 'waiting', chunks: 2 });
  });

  test('count from the chunk at work', async () => {
    await invoke({ action: 'run' });
    await invoke({ action: 'run', chunks: 2 });
    await drain();

    expect(await cursorOf(kit.cursors)).toMatchObject({ chunk: '3', chunks: 2 });
  });

  test('may be asked for while a run works on the chunk before', async () => {
    await invoke({ action: 'run' });
    const { cursors } = kit;
    const source = sourceOf(kit.settings);
    let isAsked = false;
    const asking: CursorStore = {
      ...cursors,
      write: async (cursor, expected) => {
        if (cursor.stage === 'sending' && !isAsked) {
          isAsked = true;
          await goOnFor(cursors, { source, chunks: 'all' });
        }
        return cursors.write(cursor, expected);
      },
    };
    kit = { ...kit, cursors: asking };
    await drain();

    expect(await cursorOf(cursors)).toMatchObject({ stage: 'complete', until: 'all' });
  });

  test.each([0, -1, 1.5, '2', 'none'])('are not %j', async (chunks) => {
    await expect(invoke({ action: 'run', chunks })).rejects.toThrow(
      'the event of the historic function',
    );
    expect(kit.invocations).toEqual([]);
  });
});
