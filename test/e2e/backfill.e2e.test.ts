import { describe, expect, test } from '@jest/globals';
import { synthesizeAll } from './deployment/apply.js';
import { waitForItems } from './system/catalogue.js';
import { command, deadLetters } from './deployment/commands.js';
import { deploymentOf, partsOf } from './deployment/deployed-stack.js';
import { invoke, isOfKilledWorker, killWorkers } from './deployment/functions.js';
import { itemIds } from './data/granules.js';
import { CSV_GRANULES, ODD_KEYS, PARQUET_GRANULES, PARQUET_INVENTORY } from './data/inventories.js';
import { writeConfig } from './deployment/project-copy.js';
import { system, waitFor } from './system/running.js';
import { STACKS } from './deployment/stacks.js';
import { LISTED } from './data/tiles.js';

const { names } = partsOf(system, 'sentinel1');
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
async function progressOf(pipeline: string): Promise<Progress> {
  const { stdout, stderr } = await command('backfill', pipeline, 'status', '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Progress;
}

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

    expect(first).toMatchObject({ state: 'waiting', chunk: '2014-10-04' });
  });

  test('has become Items when `backfill` reports that it is complete', async () => {
    await runNextChunk();
    await waitUntil('sentinel1', ['waiting']);
    await runNextChunk();
    await waitUntil('sentinel1', ['complete']);

    expect(await progressOf('sentinel1')).toMatchObject({
      state: 'complete',
      chunksDone: 3,
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
