import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pauseBackfill, restartBackfill, resumeBackfill } from '../../lambdas/backfill/cursor.js';
import { QueryError } from '../../lambdas/runtime/errors.js';
import { historicHandler } from '../../lambdas/historic-handler.js';
import { sourceOf } from '../../lambdas/backfill/settings.js';
import { SendError } from '../../lambdas/queue/queue.js';
import { parseInventory } from '../../lambdas/inventory/inventory.js';
import {
  backfillKit,
  invocation,
  type BackfillKit,
  type BackfillKitOptions,
} from '../support/backfill/collaborators.js';
import { writeInventory, type InventoryRow } from '../support/backfill/inventory-folder.js';

const FIELDS = ['Bucket', 'Key', 'Size', 'LastModifiedDate'];
const NEXT_DAY: Record<string, string | undefined> = {
  '2022-04-20': '2022-04-21',
  '2022-04-21': undefined,
};

const handler = historicHandler({
  queryInventory: ({ chunk }) =>
    chunk === undefined
      ? 'SELECT key FROM inventory'
      : `SELECT key FROM inventory WHERE key LIKE '${chunk}/%'`,
  rowToMessageBody: ({ key }) =>
    key?.endsWith('.skip') === true ? undefined : JSON.stringify({ key }),
  nextChunk: (chunk) => NEXT_DAY[chunk],
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backfill-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function row(key: string): InventoryRow {
  return { bucket: 'bucket', key, size: 1, last_modified_date: '2022-04-20T00:00:00.000Z' };
}

async function kitFor(
  keys: readonly string[],
  settings: BackfillKitOptions['settings'] = {},
): Promise<BackfillKit> {
  const inventory = join(folder, 'inventory');
  await writeInventory({
    folder: inventory,
    dt: '2022-04-22-01-00',
    format: 'CSV',
    fields: FIELDS,
    files: [keys.map(row)],
  });
  return backfillKit({
    inventory,
    fields: FIELDS.join(),
    resultsFolder: join(folder, 'results'),
    settings,
  });
}

async function drain(kit: BackfillKit, remaining = () => () => 900_000) {
  const outcomes = [];
  for (let event = kit.invocations.shift(); event !== undefined; event = kit.invocations.shift()) {
    const context = invocation(`run-${outcomes.length}`, remaining());
    outcomes.push(await handler.with(kit)(event, context));
    // The query engine needs the event loop.
    await setImmediate();
  }
  return outcomes;
}

function sentKeys(kit: BackfillKit): string[] {
  return kit.queue.bodies.map((body) => (JSON.parse(body) as { key: string }).key).sort();
}

describe('frequency 0', () => {
  test('a run starts the backfill and leaves the work to another invocation', async () => {
    const kit = await kitFor(['a', 'b']);

    const outcome = await handler.with(kit)({ action: 'run' }, invocation('deploy'));

    expect(outcome).toMatchObject({ outcome: 'started', chunk: undefined });
    expect(outcome.message).toContain('report dt=2022-04-22-01-00 has started');
    expect(kit.invocations).toEqual([{ action: 'continue' }]);
    expect(kit.queue.bodies).toEqual([]);
  });

  test('if two runs start concurrently, one starts the backfill and the other reports that', async () => {
    const kit = await kitFor(['a']);
    const { cursors } = kit;
    const beaten = {
      ...cursors,
      write: async (...given: Parameters<typeof cursors.write>) => {
        await handler.with(kit)({ action: 'run' }, invocation('first'));
        return cursors.write(...given);
      },
    };

    const second = await handler.with({ ...kit, cursors: beaten })(
      { action: 'run' },
      invocation('second'),
    );

    expect(second).toEqual({
      outcome: 'busy',
      message: 'another run is starting the backfill',
    });
    expect(kit.invocations).toHaveLength(1);
  });

  test('the whole inventory becomes messages, and a second run does nothing', async () => {
    const kit = await kitFor(['a b+1', 'ä/"quote"', 'x.skip']);
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));

    const outcomes = await drain(kit);
    const again = await handler.with(kit)({ action: 'run' }, invocation('deploy-2'));

    expect(outcomes).toMatchObject([
      { outcome: 'complete', counts: { rows: 3, sent: 2, skipped: 1, refused: 0 } },
    ]);
    expect(sentKeys(kit)).toEqual(['a b+1', 'ä/"quote"']);
    expect(again.message).toBe('the backfill is complete: 3 rows, 2 messages sent, 1 skipped');
    expect(kit.invocations).toEqual([]);
  });

  test('another location starts over', async () => {
    const kit = await kitFor(['a']);
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    await drain(kit);
    const pinned = parseInventory({
      location: `${kit.settings.inventory.location}/hive/dt=2022-04-22-01-00`,
      format: 'csv',
      fields: FIELDS.join(),
    });
    const moved = { ...kit, settings: { ...kit.settings, inventory: pinned } };

    const outcome = await handler.with(moved)({ action: 'run' }, invocation('deploy-2'));

    expect(outcome.outcome).toBe('started');
  });
});

describe('chunks', () => {
  const SETTINGS = { frequencyHours: 6, initialChunk: '2022-04-20' };
  const KEYS = ['2022-04-20/a', '2022-04-21/b', '2022-04-22/c'];

  test('each run sends the next chunk until nextChunk returns undefined', async () => {
    const kit = await kitFor(KEYS, SETTINGS);
    const outcomes = [];

    for (const run of ['1', '2', '3']) {
      outcomes.push(
        await handler.with(kit)({ action: 'run' }, invocation(run)),
        ...(await drain(kit)),
      );
    }

    expect(outcomes.map(({ outcome, chunk }) => [outcome, chunk])).toEqual([
      ['started', '2022-04-20'],
      ['chunk-done', '2022-04-20'],
      ['started', '2022-04-21'],
      ['complete', '2022-04-21'],
      ['complete', '2022-04-21'],
    ]);
    expect(sentKeys(kit)).toEqual(['2022-04-20/a', '2022-04-21/b']);
  });

  test('all chunks read the same report as the first chunk', async () => {
    const kit = await kitFor(KEYS, SETTINGS);
    await handler.with(kit)({ action: 'run' }, invocation('1'));
    await drain(kit);
    const files = [[row('2022-04-21/new')]];
    const inventory = kit.settings.inventory.location;
    await writeInventory({
      folder: inventory,
      dt: '2022-04-23-01-00',
      format: 'CSV',
      fields: FIELDS,
      files,
    });

    await handler.with(kit)({ action: 'run' }, invocation('2'));
    await drain(kit);

    expect(sentKeys(kit)).toEqual(['2022-04-20/a', '2022-04-21/b']);
  });

  test('a run that finds an unfinished chunk continues it', async () => {
    const kit = await kitFor(KEYS, SETTINGS);
    await handler.with(kit)({ action: 'run' }, invocation('1'));
    kit.invocations.length = 0;

    const outcome = await handler.with(kit)({ action: 'run' }, invocation('2'));

    expect(outcome).toMatchObject({ outcome: 'continued', chunk: '2022-04-20' });
    expect(kit.invocations).toEqual([{ action: 'continue' }]);
  });

  test('if nextChunk returns the same chunk, the run fails instead of never ending', async () => {
    const kit = await kitFor(KEYS, SETTINGS);
    const endless = historicHandler({ ...handler.pipeline, nextChunk: (chunk) => chunk });
    await endless.with(kit)({ action: 'run' }, invocation('1'));

    const run = endless.with(kit)({ action: 'continue' }, invocation('2'));

    await expect(run).rejects.toThrow(
      "nextChunk returned '2022-04-20', the chunk it was called with",
    );
  });

  test.each([
    [
      '',
      "nextChunk must return a non-empty string, or undefined after the last chunk (returned '')",
    ],
    [7, 'nextChunk must return a non-empty string, or undefined after the last chunk (returned 7)'],
  ])('a nextChunk that gives %j is an error, however it was typed', async (next, message) => {
    const kit = await kitFor(KEYS, SETTINGS);
    const odd = historicHandler({ ...handler.pipeline, nextChunk: () => next as string });
    await odd.with(kit)({ action: 'run' }, invocation('1'));

    await expect(odd.with(kit)({ action: 'continue' }, invocation('2'))).rejects.toThrow(message);
  });

  test('if nextChunk returns null, the backfill ends as with undefined', async () => {
    const kit = await kitFor(KEYS, SETTINGS);
    const none = null as unknown as undefined;
    const ending = historicHandler({ ...handler.pipeline, nextChunk: () => none });
    await ending.with(kit)({ action: 'run' }, invocation('1'));

    const outcome = await ending.with(kit)({ action: 'continue' }, invocation('2'));

    expect(outcome).toMatchObject({ outcome: 'complete', chunk: '2022-04-20' });
  });

  test('a chunk without a row is reported and skipped', async () => {
    const kit = await kitFor(['2022-04-21/b'], SETTINGS);
    await handler.with(kit)({ action: 'run' }, invocation('1'));

    const outcomes = await drain(kit);

    expect(outcomes).toMatchObject([{ outcome: 'chunk-done', counts: { rows: 0 } }]);
    expect(
      kit.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message),
    ).toEqual([
      'no matching row: the query for chunk 2022-04-20 selected no row from report dt=2022-04-22-01-00',
    ]);
  });

  test('frequency above 0 without initial_chunk is an error that names the key', async () => {
    const kit = await kitFor(KEYS, { frequencyHours: 6 });

    const run = handler.with(kit)({ action: 'run' }, invocation('1'));

    await expect(run).rejects.toThrow('historic_frequency is 6, which requires initial_chunk');
  });
});

describe('[C22] an empty backfill is not complete', () => {
  test('a missing partition, a missing file and no matching row have different messages', async () => {
    const kit = await kitFor(['x']);
    const nothing = historicHandler({
      ...handler.pipeline,
      queryInventory: () => "SELECT key FROM inventory WHERE key = 'y'",
    });
    await nothing.with(kit)({ action: 'run' }, invocation('1'));
    const [row] = [await nothing.with(kit)({ action: 'continue' }, invocation('2'))];
    const empty = await kitFor([]);
    await writeFile(join(folder, 'inventory/hive/dt=2022-04-22-01-00/symlink.txt'), '');
    const none = {
      ...empty,
      settings: {
        ...empty.settings,
        inventory: { ...empty.settings.inventory, location: join(folder, 'none') },
      },
    };
    const run = { action: 'run' };

    expect(await handler.with(empty)(run, invocation('3'))).toMatchObject({
      outcome: 'waiting',
      message: expect.stringMatching(/^the backfill waits for its inventory: no file: /) as unknown,
    });
    expect(await handler.with(none)(run, invocation('4'))).toMatchObject({
      outcome: 'waiting',
      message: expect.stringMatching(
        /^the backfill waits for its inventory: no partition: /,
      ) as unknown,
    });
    expect(row).toMatchObject({ outcome: 'empty' });
    expect(row.message).toMatch(/^no matching row: /);
  });

  test('[N03] a pipeline that skips every row has sent nothing, which is not complete', async () => {
    const kit = await kitFor(['x', 'y']);
    const pipeline = historicHandler({ ...handler.pipeline, rowToMessageBody: () => undefined });
    await pipeline.with(kit)({ action: 'run' }, invocation('1'));

    const outcome = await pipeline.with(kit)({ action: 'continue' }, invocation('2'));

    expect(outcome.outcome).toBe('empty');
    expect(outcome.message).toContain('no message sent: 2 rows, 0 messages sent, 2 skipped from');
    expect((await kit.cursors.read())?.cursor.stage).toBe('empty');
  });

  test('an empty whole inventory is read again by the next deployment, but not by a schedule', async () => {
    const whole = await kitFor(['x.none']);
    const nothing = historicHandler({
      ...handler.pipeline,
      queryInventory: () => "SELECT key FROM inventory WHERE key = 'y'",
      nextChunk: () => undefined,
    });
    const chunks = await kitFor(['x'], { frequencyHours: 1, initialChunk: '1' });

    for (const kit of [whole, chunks]) {
      await nothing.with(kit)({ action: 'run' }, invocation('1'));
      await nothing.with(kit)({ action: 'continue' }, invocation('2'));
    }

    expect(await nothing.with(whole)({ action: 'run' }, invocation('3'))).toMatchObject({
      outcome: 'started',
    });
    expect(await nothing.with(chunks)({ action: 'run' }, invocation('3'))).toMatchObject({
      outcome: 'empty',
    });
  });
});

describe('people', () => {
  test('a continue event returns after one read if there is nothing to do', async () => {
    const kit = await kitFor(['a']);
    const before = await handler.with(kit)({ action: 'continue' }, invocation('keeper'));
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    await drain(kit);
    let reads = 0;
    const cursors = { ...kit.cursors, read: () => ((reads += 1), kit.cursors.read()) };
    const refuse = () => Promise.reject(new Error('not to be used'));
    const engine = { ...kit.engine, start: refuse, state: refuse };

    const after = await handler.with({ ...kit, cursors, engine })(
      { action: 'continue' },
      invocation('keeper'),
    );

    expect([before.outcome, after.outcome, reads]).toEqual(['idle', 'complete', 1]);
  });

  test('a pause stops sending at the next page, and a resume continues there', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `key-${String(index).padStart(3, '0')}`);
    const kit = { ...(await kitFor(keys)), pageBytes: 200 };
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    const sendBatch = kit.queue.sendBatch.bind(kit.queue);
    kit.queue.sendBatch = async (messages) => {
      if (kit.queue.bodies.length > 20) await pauseBackfill(kit.cursors);
      return sendBatch(messages);
    };

    const [paused] = await drain(kit);
    const sentBefore = kit.queue.bodies.length;
    const still = await handler.with(kit)({ action: 'continue' }, invocation('keeper'));
    kit.queue.sendBatch = sendBatch;
    await resumeBackfill(kit.cursors);
    const done = await handler.with(kit)({ action: 'continue' }, invocation('keeper-2'));

    expect(paused).toMatchObject({ outcome: 'paused', counts: { sent: sentBefore } });
    expect(still.outcome).toBe('paused');
    expect(sentBefore).toBeLessThan(60);
    expect(done).toMatchObject({ outcome: 'complete', counts: { sent: 100 } });
    expect(sentKeys(kit)).toEqual(keys);
  });

  test('a restart starts with the given chunk and stops a run in progress', async () => {
    const kit = await kitFor(['2022-04-20/a', '2022-04-21/b'], {
      frequencyHours: 6,
      initialChunk: '2022-04-20',
    });
    await handler.with(kit)({ action: 'run' }, invocation('1'));
    const stopped: string[] = [];
    const engine = {
      ...kit.engine,
      state: async () => {
        const begin = { source: sourceOf(kit.settings), chunk: '2022-04-21', now: kit.clock.now() };
        await restartBackfill(kit.cursors, begin);
        kit.clock.advance(30_000);
        return { state: 'running' } as const;
      },
      stop: (queryId: string) => {
        stopped.push(queryId);
        return Promise.reject(new Error('denied'));
      },
    };

    const replaced = await handler.with({ ...kit, engine })(
      { action: 'continue' },
      invocation('2'),
    );
    kit.invocations.length = 0;
    const begun = await handler.with(kit)({ action: 'run' }, invocation('3'));
    await drain(kit);

    expect([replaced.outcome, stopped.length]).toEqual(['busy', 1]);
    expect(kit.log.lines).toContainEqual({
      level: 'warn',
      message: 'could not stop the replaced query',
      fields: { queryId: stopped[0], error: 'Error: denied' },
    });
    expect(begun).toMatchObject({ outcome: 'started', chunk: '2022-04-21' });
    expect(sentKeys(kit)).toEqual(['2022-04-21/b']);
  });
});

describe('time and other runs', () => {
  test('near the end of its time, a run saves its progress, and the next invocation repeats nothing', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `key-${String(index).padStart(3, '0')}`);
    const kit = { ...(await kitFor(keys)), pageBytes: 150 };
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    // Each invocation has time for one step.
    const remaining = () => {
      let left = 900_000;
      return () => (left -= 800_000);
    };

    const outcomes = await drain(kit, remaining);

    expect(outcomes.length).toBeGreaterThan(3);
    expect(outcomes.at(-1)).toMatchObject({ outcome: 'complete', counts: { sent: 50 } });
    expect(sentKeys(kit)).toEqual(keys);
  });

  test.each([
    ['of two events', ['1', '2']],
    ['of one event that Lambda delivered twice', ['1', '1']],
    ['of one event that Lambda delivered three times', ['1', '1', '1']],
  ])('exactly one %s works', async (_, requestIds) => {
    const kit = await kitFor(['a', 'b', 'c']);
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));

    const outcomes = await Promise.all(
      requestIds.map((id) => handler.with(kit)({ action: 'continue' }, invocation(id))),
    );

    const busy = requestIds.slice(1).map(() => 'busy');
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([...busy, 'complete']);
    expect(sentKeys(kit)).toEqual(['a', 'b', 'c']);
  });

  test('a duplicate of an event that comes while its first delivery sends gets nothing to do', async () => {
    const kit = await kitFor(
      Array.from({ length: 20 }, (_, index) => `k${String(index).padStart(2, '0')}`),
    );
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    const duplicates: string[] = [];
    const sendBatch = kit.queue.sendBatch.bind(kit.queue);
    kit.queue.sendBatch = async (messages) => {
      const duplicate = await handler.with(kit)({ action: 'continue' }, invocation('1'));
      duplicates.push(duplicate.outcome);
      return sendBatch(messages);
    };

    const outcome = await handler.with(kit)({ action: 'continue' }, invocation('1'));

    expect(outcome).toMatchObject({ outcome: 'complete', counts: { rows: 20, sent: 20 } });
    expect(new Set(duplicates)).toEqual(new Set(['busy']));
    expect(kit.queue.bodies).toHaveLength(20);
  });

  test('a retry of an event whose run failed works at once', async () => {
    const kit = await kitFor(['a', 'b']);
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    const sendBatch = kit.queue.sendBatch.bind(kit.queue);
    kit.queue.sendBatch = () => Promise.reject(new SendError('the queue is not there'));
    const first = handler.with(kit)({ action: 'continue' }, invocation('1'));
    await expect(first).rejects.toThrow('the queue is not there');
    kit.queue.sendBatch = sendBatch;

    const retry = await handler.with(kit)({ action: 'continue' }, invocation('1'));

    expect(retry).toMatchObject({ outcome: 'complete', counts: { sent: 2 } });
  });

  test('sending waits while the queue is deeper than max_queue_depth', async () => {
    const kit = await kitFor(['a'], { maxQueueDepth: 10 });
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    const depths = [11, 11, 11, 10];
    kit.queue.depth = () => Promise.resolve(depths.shift() ?? 0);

    const outcomes = await drain(kit);

    expect(outcomes.at(-1)).toMatchObject({ outcome: 'complete', counts: { sent: 1 } });
    expect(kit.log.lines.map(({ message }) => message)).toContain(
      'waiting: the queue exceeds max_queue_depth',
    );
    expect(depths).toEqual([]);
  });

  test('a backfill that waits for the queue continues in another invocation near the end of its time', async () => {
    const kit = await kitFor(['a'], { maxQueueDepth: 10 });
    kit.queue.waiting = 11;
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    kit.invocations.length = 0;
    let left = 900_000;

    const outcome = await handler.with(kit)(
      { action: 'continue' },
      invocation('1', () => (left -= 10_000)),
    );

    expect(outcome).toMatchObject({ outcome: 'handed-over', counts: { sent: 0 } });
    expect(kit.invocations).toEqual([{ action: 'continue' }]);
  });
});

describe('faults', () => {
  test('after a failed query, a retry of the event fails, a continue event does nothing, and the next run restarts the chunk', async () => {
    const kit = await kitFor(['a']);
    const wrong = historicHandler({
      ...handler.pipeline,
      queryInventory: () => 'SELECT nothing FROM inventory',
    });
    await wrong.with(kit)({ action: 'run' }, invocation('deploy'));

    const first = wrong.with(kit)({ action: 'continue' }, invocation('1'));
    await expect(first).rejects.toThrow(/query [0-9a-f]+ failed: .*nothing/s);
    const retry = wrong.with(kit)({ action: 'continue' }, invocation('1'));
    await expect(retry).rejects.toThrow(QueryError);
    const keeper = await wrong.with(kit)({ action: 'continue' }, invocation('keeper'));
    const corrected = await handler.with(kit)({ action: 'run' }, invocation('deploy-2'));
    await drain(kit);

    expect([keeper.outcome, corrected.outcome]).toEqual(['failed', 'started']);
    expect(sentKeys(kit)).toEqual(['a']);
  });

  test('a row for which the pipeline throws is reported with its key and does not stop the others', async () => {
    const keys = Array.from({ length: 99 }, (_, index) => `k${index}`);
    const kit = await kitFor([...keys, 'bad']);
    const throwing = historicHandler({
      ...handler.pipeline,
      rowToMessageBody: ({ key }) => {
        if (key === 'bad') throw new TypeError('no such tile');
        return key;
      },
    });
    await throwing.with(kit)({ action: 'run' }, invocation('deploy'));

    const outcome = await throwing.with(kit)({ action: 'continue' }, invocation('1'));

    expect(outcome).toMatchObject({
      outcome: 'complete',
      message: 'the backfill is complete: 100 rows, 99 messages sent, 1 refused',
      counts: { rows: 100, sent: 99, skipped: 0, refused: 1 },
    });
    expect(kit.log.lines).toContainEqual({
      level: 'error',
      message: 'row refused: no message was sent',
      fields: {
        key: 'bad',
        reason: 'rowToMessageBody: no such tile',
        stack: expect.stringContaining('TypeError: no such tile\n    at ') as unknown,
      },
    });
  });

  test('if queryInventory throws, the starting run fails with the name of the function', async () => {
    const kit = await kitFor(['a']);
    const throwing = historicHandler({
      ...handler.pipeline,
      queryInventory: () => {
        throw new RangeError('no such day');
      },
    });

    const run = throwing.with(kit)({ action: 'run' }, invocation('deploy'));

    await expect(run).rejects.toThrow('queryInventory in historic.ts threw an error: no such day');
    expect([await kit.cursors.read(), kit.invocations]).toEqual([undefined, []]);
  });

  test('a scan that exceeds max_scan_gb is rejected before the query starts', async () => {
    const kit = await kitFor(['a'], { maxScanGb: 1e-9 });

    const run = handler.with(kit)({ action: 'run' }, invocation('deploy'));

    await expect(run).rejects.toThrow('max_scan_gb (1e-9): raise it in config.yaml');
  });

  test('a run retries until an IAM policy takes effect', async () => {
    const kit = await kitFor(['a']);
    let denied = 3;
    const cursors = {
      ...kit.cursors,
      read: () => {
        if (denied-- <= 0) return kit.cursors.read();
        return Promise.reject(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
      },
    };

    const outcome = await handler.with({ ...kit, cursors })(
      { action: 'run' },
      invocation('deploy'),
    );

    expect(outcome.outcome).toBe('started');
  });

  test('an unknown event is an error that names the two valid ones', async () => {
    const kit = await kitFor(['a']);

    const run = handler.with(kit)({ Records: [] }, invocation('1'));

    await expect(run).rejects.toThrow(
      '{"action":"run"} or {"action":"continue"} (given {"Records":[]})',
    );
  });
});
