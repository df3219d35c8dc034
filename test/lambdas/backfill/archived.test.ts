import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { progressOf } from '../../../cli/backfill/progress.js';
import { progressLines } from '../../../cli/backfill/report.js';
import type { BackfillTarget } from '../../../cli/backfill/target.js';
import { queriesOf, type BackfillSettings } from '../../../lambdas/backfill/settings.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import type { Meter } from '../../../lambdas/runtime/metrics.js';
import { runBackfill } from '../../../local/inventory/run-backfill.js';
import { backfillKit } from '../../support/backfill/collaborators.js';
import { writeInventory } from '../../support/backfill/inventory-folder.js';

const FIELDS = ['Key', 'StorageClass'];
const handler = historicHandler({
  queryInventory: ({ chunk = '' }) => `SELECT key FROM inventory WHERE key LIKE '${chunk}%'`,
  rowToMessageBody: ({ key }) => key,
  nextChunk: (chunk) => (chunk === '1' ? '2' : undefined),
});
const MIXED = { '1/a': 'STANDARD', '1/b': 'GLACIER', '2/c': 'DEEP_ARCHIVE', '2/d': 'STANDARD' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archived-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A backfill of objects in storage classes, with a column for them or without. */
async function kitOf(
  classes: Readonly<Record<string, string>>,
  { fields = FIELDS, ...settings }: Partial<BackfillSettings> & { readonly fields?: string[] } = {},
) {
  const inventory = join(folder, 'inventory');
  const rows = Object.entries(classes).map(([key, storage_class]) => ({ key, storage_class }));
  const report = { folder: inventory, dt: '2022-04-22-01-00', fields, files: [rows] };
  await writeInventory({ ...report, format: 'CSV' });
  const resultsFolder = join(folder, 'results');
  return backfillKit({ inventory, fields: fields.join(), resultsFolder, settings });
}

type Kit = Awaited<ReturnType<typeof kitOf>>;

/** Runs a backfill to its end. Returns its last outcome, and what it counted. */
async function run(kit: Kit, frequency: 'once' | 'scheduled' = 'once') {
  const metrics: [string, number | undefined][] = [];
  const meter: Meter = { ...kit.meter, count: (name, value) => void metrics.push([name, value]) };
  const outcomes = [await runBackfill(handler, { ...kit, meter })];
  if (frequency === 'scheduled') outcomes.push(await runBackfill(handler, { ...kit, meter }));
  const bodies = kit.queue.messages.map(({ body }) => body).sort();
  const cursor = (await kit.cursors.read())?.cursor;
  return { outcomes, metrics, bodies, cursor };
}

describe('archived objects', () => {
  test('are left out, counted and told, chunk by chunk', async () => {
    const kit = await kitOf(MIXED, { frequencyHours: 6, initialChunk: '1' });
    const { outcomes, metrics, bodies, cursor } = await run(kit, 'scheduled');

    expect(bodies).toEqual(['1/a', '2/d']);
    expect(outcomes.map(({ message }) => message)).toEqual([
      'chunk 1 is done: 1 rows, 1 messages sent, 1 archived objects left out; next is 2',
      'the backfill is complete: 2 rows, 2 messages sent, 2 archived objects left out',
    ]);
    expect(metrics).toEqual([
      ['RowsArchived', 1],
      ['RowsArchived', 1],
    ]);
    expect(cursor?.totals).toEqual({ rows: 2, sent: 2, skipped: 0, refused: 0, archived: 2 });
    expect(cursor?.archivedQueryId).toBeUndefined();
    expect(kit.log.lines).toContainEqual({
      level: 'warn',
      message: 'archived objects are left out; restore them and set read_archived',
      fields: { archived: 1, chunk: '1' },
    });
  });

  test('are sent with read_archived, which needs one query', async () => {
    const { outcomes, metrics, bodies } = await run(await kitOf(MIXED, { readArchived: true }));

    expect(bodies).toEqual(Object.keys(MIXED));
    expect(outcomes[0]?.message).toBe('the backfill is complete: 4 rows, 4 messages sent');
    expect(metrics).toEqual([]);
  });

  test('are sent if the inventory lacks the column', async () => {
    const { bodies, cursor } = await run(await kitOf(MIXED, { fields: ['Key'] }));

    expect(bodies).toEqual(Object.keys(MIXED));
    expect(cursor?.totals.archived).toBeUndefined();
  });

  test('alone give an empty backfill that says why', async () => {
    const kit = await kitOf({ a: 'GLACIER', b: 'GLACIER' });
    const { outcomes, cursor } = await run(kit);

    expect(outcomes[0]).toMatchObject({
      outcome: 'empty',
      message:
        "no matching row: the pipeline's query selected no row from report dt=2022-04-22-01-00, so nothing was sent; 2 archived objects were left out: restore them and set read_archived: true, then restart the backfill",
    });
    const settings = kit.settings;
    const target = { pipeline: 'x', kind: 'aws', flags: '', settings } as BackfillTarget;
    const lines = cursor === undefined ? [] : progressLines(progressOf(cursor, 0), target);
    expect(lines).toContainEqual(expect.stringMatching(/refused; 2 archived objects left out$/));
    expect(lines).toContainEqual(
      expect.stringContaining('selected no rows; 2 archived objects were left out'),
    );
  });

  test('that are none are not mentioned', async () => {
    const { outcomes, metrics, cursor } = await run(await kitOf({ a: 'STANDARD' }));

    expect(outcomes[0]?.message).toBe('the backfill is complete: 1 rows, 1 messages sent');
    expect(metrics).toEqual([]);
    expect(cursor?.totals.archived).toBe(0);
  });
});

describe('the query that counts', () => {
  /** An engine whose queries are as given, by whether they count. */
  async function awaited(count: object) {
    const kit = await kitOf(MIXED);
    const { engine } = kit;
    const counting = new Set<string>();
    let isBroken = true;
    const broken: Kit['engine'] = {
      ...engine,
      start: async (sql, token) => {
        const id = await engine.start(sql, token);
        if (sql.includes('count(*)')) counting.add(id);
        return id;
      },
      state: async (id) => {
        const state = await engine.state(id);
        if (state.state === 'running' || !counting.has(id) || !isBroken) return state;
        isBroken = false;
        return { ...state, ...count };
      },
    };
    return { ...kit, engine: broken };
  }

  test.each([
    ['fails for a while', { state: 'failed', reason: 'throttled', transient: true }],
    ['has no result any more', { resultHref: '/gone.csv' }],
    ['is still running', { state: 'running' }],
  ])('and %s is awaited or run again, and nothing is counted twice', async (_, count) => {
    const { outcomes, bodies, cursor } = await run(await awaited(count));

    expect(outcomes[0]?.outcome).toBe('complete');
    expect(bodies).toEqual(['1/a', '2/d']);
    expect(cursor?.totals).toMatchObject({ rows: 2, sent: 2, archived: 2 });
  });

  test('and fails for good stops the chunk, since it would leave out an unknown number', async () => {
    const kit = await awaited({ state: 'failed', reason: 'no such column', transient: false });

    await expect(run(kit)).rejects.toThrow(/query .* failed: no such column/);
  });
});

test.each([
  [{}, 2],
  [{ readArchived: true }, 1],
  [{ fields: ['Key'] }, 1],
])('a chunk with %j has %d queries, which its estimate multiplies', async (options, queries) => {
  const { settings } = await kitOf(MIXED, options);

  expect(queriesOf(settings)).toBe(queries);
});
