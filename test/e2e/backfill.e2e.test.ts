import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { cursorTable } from '../../lambdas/backfill/cursor-table.js';
import { synthesizeAll } from './deployment/apply.js';
import { tryFind, waitForItems } from './system/catalogue.js';
import { command, deadLetters } from './deployment/commands.js';
import { deploymentOf, partsOf } from './deployment/deployed-stack.js';
import { invoke, isOfKilledWorker, killWorkers, withEnvironment } from './deployment/functions.js';
import { COLLECTION_ID, itemIds } from './data/granules.js';
import {
  CSV_GRANULES,
  ODD_KEYS,
  PARQUET_GRANULES,
  PARQUET_INVENTORY,
  PER_DAY,
} from './data/inventories.js';
import { writeConfig } from './deployment/project-copy.js';
import { sql } from './system/database.js';
import { clientOptions } from './system/platform.js';
import { depthOf, posts, system, waitFor, waitUntilDrained } from './system/running.js';
import { STACKS } from './deployment/stacks.js';
import { LISTED } from './data/tiles.js';

const { names, queueUrl } = partsOf(system, 'sentinel1');
const historic = names.functions.historic.function;

interface Progress {
  readonly state: string;
  readonly chunk?: string;
  readonly chunksDone: number;
  readonly rows: number;
  readonly sent: number;
  readonly skipped: number;
}

/** The JSON that `npm run backfill` prints. */
async function progressOf(pipeline: string): Promise<Progress & { readonly repost?: Progress }> {
  const { stdout, stderr } = await command('backfill', pipeline, 'status', '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Progress;
}

async function repostOf(pipeline: string): Promise<Progress> {
  const { repost } = await progressOf(pipeline);
  if (repost === undefined) throw new Error(`${pipeline} has no repost`);
  return repost;
}

const table = new DynamoDBClient(clientOptions(system.endpoint));

/** The row of the state table, whose version every write raises. */
const cursorOf = (of: 'backfill' | 'repost') =>
  cursorTable({ tableName: names.stateTable, pipelineId: 'sentinel1', of }, table).read();

const waitUntil = (pipeline: string, states: readonly string[], seconds = 180) =>
  waitFor(
    () => progressOf(pipeline),
    ({ state }) => states.includes(state) || state === 'failed',
    seconds,
  );

/** Invokes the function as its schedule does every six hours. */
const runNextChunk = () => invoke(historic, { action: 'run' });
/** Invokes the function as the resume schedule does every 15 minutes; a call whose function is killed may fail. */
const resume = () =>
  invoke(historic, { action: 'continue' }).catch((error: unknown) => {
    if (!isOfKilledWorker(String(error))) throw error;
  });

describe('a listing with historic_frequency 0', () => {
  test('becomes Items by the deployment alone', async () => {
    expect(await waitUntil('cop_dem_30', ['complete'])).toMatchObject({
      state: 'complete',
      rows: LISTED.length + 1,
      sent: LISTED.length,
      skipped: 1,
    });
    await waitForItems(LISTED, 900);
    expect(await deadLetters('cop_dem_30')).toEqual([]);
  });
});

describe('an S3 Inventory in CSV with historic_frequency 6', () => {
  test('continues where it was killed, and reports its progress', async () => {
    await runNextChunk();
    const killed = await waitFor(
      () => killWorkers(historic),
      (count) => count > 0,
    );
    expect(killed).toBeGreaterThan(0);

    const first = await waitFor(
      async () => {
        await resume();
        return progressOf('sentinel1');
      },
      ({ chunksDone }) => chunksDone === 1,
      300,
    );

    expect(first).toMatchObject({ state: 'waiting', chunk: '2014-10-05' });
  });

  test('sends two chunks without the schedule with --chunks 2, and no third', async () => {
    const started = await command('backfill', 'sentinel1', 'start', '--chunks', '2', '--yes');
    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(started.stdout).toContain('chunks 2014-10-05 to 2014-10-04: 2 chunks, 2 queries');

    await waitFor(
      () => progressOf('sentinel1'),
      ({ chunksDone }) => chunksDone === 3,
    );

    expect(await invoke(historic, { action: 'continue' })).toMatchObject({ outcome: 'idle' });
    const progress = await progressOf('sentinel1');
    expect(progress).toMatchObject({ state: 'waiting', chunk: '2014-10-03', chunksDone: 3 });
    expect(progress.sent).toBe(3 * PER_DAY);
  });

  test('stays as it is while a repost sends two of its chunks again, which goes on after a pause', async () => {
    // The copies of a day follow each other, the earliest day first.
    const [spared, ...again] = CSV_GRANULES.slice(2 * PER_DAY);
    const ids = itemIds(again);
    const [wrong = '', ...missing] = ids;
    await waitForItems(itemIds(CSV_GRANULES.slice(PER_DAY)), 900);
    await waitUntilDrained(queueUrl);
    await sql(`delete from pgstac.items where id in ('${missing.join("', '")}')`, system.database);
    await sql(
      `update pgstac.items set content = jsonb_set(content, '{properties,platform}', '"wrong"') where id = '${wrong}'`,
      system.database,
    );
    const before = await cursorOf('backfill');
    const begun = Date.now();
    const where = `key NOT LIKE '${spared?.path ?? ''}/%'`;
    const range = ['--from', '2014-10-05', '--to', '2014-10-06', '--where', where];
    const repost = () => command('backfill', 'sentinel1', 'repost', ...range);

    await command('hold', 'sentinel1', '--reason', 'the repost is to fill the queue');
    const depth = { MAX_QUEUE_DEPTH: String(PER_DAY - 2) };
    await withEnvironment(historic, depth, async () => {
      expect(await repost()).toMatchObject({ code: 0, stderr: '' });
      await waitFor(
        () => cursorOf('repost'),
        (stored) => stored?.cursor.chunks === 1 && stored.cursor.stage === 'sending',
      );
      const pause = await command('backfill', 'sentinel1', 'pause', '--repost');
      expect(pause).toMatchObject({ code: 0 });
      await waitFor(
        () => cursorOf('repost'),
        (stored) => stored?.cursor.lease === undefined,
      );
    });
    expect(await depthOf(queueUrl)).toEqual({ visible: PER_DAY, hidden: 0 });
    expect(await repostOf('sentinel1')).toMatchObject({ state: 'paused', chunksDone: 1 });
    await command('release', 'sentinel1');

    expect(await repost()).toMatchObject({ code: 0, stderr: '' });

    const ended = await waitFor(
      () => repostOf('sentinel1'),
      ({ state }) => state === 'complete',
    );
    // A key that matches the query without being a product is skipped again.
    expect(ended).toMatchObject({ chunksDone: 2, sent: again.length, skipped: 1 });
    await waitForItems(ids);
    await waitFor(
      () => tryFind(`/collections/${COLLECTION_ID}/items/${wrong}`),
      (item) => !JSON.stringify(item).includes('"wrong"'),
    );
    await waitUntilDrained(queueUrl);
    const sent = (await posts()).filter(({ time }) => time >= begun).map(({ id }) => id);
    expect([...new Set(sent)].sort()).toEqual(ids.toSorted());
    expect(await cursorOf('backfill')).toEqual(before);
  });

  test('has become Items when `backfill` reports that it is complete', async () => {
    await runNextChunk();
    await waitUntil('sentinel1', ['complete']);

    expect(await progressOf('sentinel1')).toMatchObject({
      state: 'complete',
      chunksDone: 4,
      sent: CSV_GRANULES.length,
      skipped: ODD_KEYS.filter((key) => key.endsWith('/manifest.safe')).length,
    });
    await waitForItems(itemIds(CSV_GRANULES), 900);
    expect(await runNextChunk()).toMatchObject({ outcome: 'complete' });
  });

  test('changes nothing that a plan would revert', async () => {
    for (const { id } of STACKS) {
      const { code, output } = await (await deploymentOf(system, id)).plan();
      expect({ code, output }).toMatchObject({ code: 0 });
    }
  });
});

describe('another inventory in Parquet, with historic_frequency 0', () => {
  test('is started by the apply that adds it, and becomes Items', async () => {
    const [sentinel1] = STACKS;
    if (sentinel1 === undefined) throw new Error('there is no stack');
    const config = {
      ...sentinel1.config,
      inventory_location: PARQUET_INVENTORY,
      inventory_format: 'parquet',
      historic_frequency: 0,
      initial_chunk: undefined,
    };
    writeConfig(system, { ...sentinel1, config });
    await synthesizeAll(system);

    const { code, output } = await (await deploymentOf(system, 'sentinel1')).apply();

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await waitUntil('sentinel1', ['complete'])).toMatchObject({
      state: 'complete',
      sent: PARQUET_GRANULES.length,
    });
    await waitForItems(itemIds(PARQUET_GRANULES), 300);
    expect(await deadLetters('sentinel1')).toEqual([]);
  });
});
