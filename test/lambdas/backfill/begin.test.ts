import { beforeEach, describe, expect, test } from '@jest/globals';
import { beginDue } from '../../../lambdas/backfill/begin.js';
import { chunkName, type BackfillRun } from '../../../lambdas/backfill/run.js';
import { newBackfill, type BackfillCursor } from '../../../lambdas/backfill/cursor.js';
import { sourceOf, type BackfillSettings } from '../../../lambdas/backfill/settings.js';
import { manifestHref } from '../../../lambdas/inventory/report.js';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import type { ObjectReader } from '../../../lambdas/inventory/objects.js';
import { backfillKit, type BackfillKit } from '../../support/backfill/collaborators.js';

const LOCATION = 's3://dest/bucket/id';
const DT = '2022-04-22-01-00';
const SCHEMAS = {
  csv: 'Bucket, Key',
  orc: 'struct<bucket:string,key:string>',
  parquet:
    'message s3.inventory { required binary bucket (STRING); required binary key (STRING); }',
};
type Format = keyof typeof SCHEMAS;
const inventoryOf = (format: Format) =>
  parseInventory({ location: LOCATION, format, fields: 'Bucket,Key' });

/** The objects of one report of `bytes` bytes. */
function report(format: Format, bytes: number): ObjectReader {
  const texts: Record<string, string> = {
    [`${LOCATION}/hive/dt=${DT}/symlink.txt`]: 's3://dest/a',
    [manifestHref(LOCATION, DT)]: JSON.stringify({
      fileFormat: format,
      fileSchema: SCHEMAS[format],
      files: [{ key: 'a', size: bytes }],
    }),
  };
  return {
    read: (href) => {
      const text = texts[href];
      if (text === undefined) return Promise.resolve(undefined);
      const found = Buffer.from(text);
      const about = { size: found.length, eTag: '1', lastModified: new Date(0) };
      return Promise.resolve({ bytes: found, ...about });
    },
    folders: () => Promise.resolve([`dt=${DT}`]),
  };
}

interface Given {
  readonly settings?: Partial<BackfillSettings>;
  readonly format?: Format;
  readonly bytes?: number;
}

let kit: BackfillKit;

beforeEach(() => {
  kit = backfillKit({ inventory: LOCATION, resultsFolder: 'never-written' });
});

function runOf({ settings, format = 'csv', bytes = 42 }: Given = {}): BackfillRun {
  return {
    ...kit,
    eventId: 'o',
    owner: 'o/1',
    nearEnd: () => false,
    settings: { ...kit.settings, inventory: inventoryOf(format), ...settings },
    objects: report(format, bytes),
    engine: { ...kit.engine, relation: () => Promise.resolve({ from: 'report' }) },
    pipeline: {
      queryInventory: () => 'SELECT key FROM inventory',
      rowToMessageBody: () => undefined,
      nextChunk: () => undefined,
    },
  };
}

async function stored(run: BackfillRun, cursor: Partial<BackfillCursor>): Promise<void> {
  const begun = newBackfill({ source: sourceOf(run.settings), chunk: '2022', now: 0 });
  await run.cursors.write({ ...begun, dt: DT, ...cursor }, undefined);
}

describe('a run', () => {
  test('that starts reports the cost, and saves a cursor for the next invocation', async () => {
    const run = runOf({ bytes: 3e12 });

    expect(await beginDue(run)).toEqual({
      outcome: 'started',
      chunk: undefined,
      message: `the whole inventory of report dt=${DT} has started: 3000000000000 bytes, at most 15 USD for Athena`,
    });
    const time = new Date(kit.clock.now()).toISOString();
    expect((await kit.cursors.read())?.cursor).toEqual({
      ...newBackfill({ source: `${LOCATION} csv whole`, chunk: undefined, now: kit.clock.now() }),
      stage: 'pending',
      dt: DT,
      inventoryDate: '2022-04-22',
      bytes: 3e12,
      attempt: 1,
      chunkStartedAt: time,
      updatedAt: time,
    });
    expect(kit.invocations).toEqual([{ action: 'continue' }]);
    expect(kit.log.lines).toEqual([
      {
        level: 'info',
        message: 'backfill started',
        fields: { chunk: undefined, dt: DT, files: 1, bytes: 3e12, scanUsd: 15 },
      },
    ]);
  });

  test('does not change a paused backfill', async () => {
    const run = runOf();
    await stored(run, { stage: 'waiting', paused: true });

    expect(await beginDue(run)).toEqual({
      outcome: 'paused',
      chunk: '2022',
      message: 'the backfill is paused',
    });
    expect(kit.invocations).toEqual([]);
  });

  test.each(['pending', 'querying', 'sending'] as const)(
    'continues a chunk that is %s',
    async (stage) => {
      const run = runOf();
      await stored(run, { stage });

      expect(await beginDue(run)).toEqual({
        outcome: 'continued',
        chunk: '2022',
        message: 'chunk 2022 is unfinished and continues',
      });
      expect(kit.invocations).toEqual([{ action: 'continue' }]);
    },
  );

  test('started by a schedule reports what to check if the backfill was empty', async () => {
    const run = runOf({ settings: { frequencyHours: 1 } });
    await stored(run, { stage: 'empty' });

    expect(await beginDue(run)).toEqual({
      outcome: 'empty',
      chunk: '2022',
      message:
        `no matching row: the pipeline's query selected no row from report dt=${DT}, so nothing was sent; ` +
        'fix queryInventory in historic.ts, then restart the backfill',
    });
  });

  test.each(['waiting', 'failed'] as const)(
    'starts a chunk that is %s with a new attempt',
    async (stage) => {
      const run = runOf();
      await stored(run, { stage, attempt: 7, restarts: 3, failure: { message: 'm', owner: 'o' } });

      expect(await beginDue(run)).toMatchObject({ outcome: 'started', chunk: '2022' });
      expect((await kit.cursors.read())?.cursor).toMatchObject({
        stage: 'pending',
        attempt: 8,
        restarts: 0,
        failure: undefined,
      });
    },
  );

  test('with a different source starts over, with a new attempt', async () => {
    const run = runOf();
    await stored(run, { source: 'elsewhere csv whole', stage: 'complete', attempt: 7, chunks: 4 });

    expect(await beginDue(run)).toMatchObject({ outcome: 'started', chunk: undefined });
    expect((await kit.cursors.read())?.cursor).toMatchObject({ attempt: 8, chunks: 0 });
  });
});

describe('max_scan_gb', () => {
  test.each<[Format, number]>([
    ['csv', 2e9],
    ['orc', 9e9],
    ['parquet', 9e9],
  ])(
    'accepts a report in %s of %d bytes with a limit of 2, because only text is read completely',
    async (format, bytes) => {
      const run = runOf({ settings: { maxScanGb: 2 }, format, bytes });

      expect(await beginDue(run)).toMatchObject({ outcome: 'started' });
    },
  );

  test('rejects a query that reads more with a permanent error that states the cost', async () => {
    const run = runOf({ settings: { maxScanGb: 2 }, bytes: 2_345_678_901 });

    await expect(beginDue(run)).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'permanent',
      message:
        'a query of this inventory scans 2.35 GB (about 0.01 USD), which exceeds max_scan_gb (2): raise it in config.yaml to allow this',
    });
    expect(await kit.cursors.read()).toBeUndefined();
  });
});

test('chunkName returns the name of a chunk, or the whole inventory without a chunk', () => {
  expect([chunkName('2022'), chunkName(undefined)]).toEqual(['chunk 2022', 'the whole inventory']);
});
