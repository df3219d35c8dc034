import { beforeEach, describe, expect, test } from '@jest/globals';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import { manifestHref } from '../../../lambdas/inventory/report.js';
import type { ObjectReader } from '../../../lambdas/inventory/objects.js';
import type { BackfillEvent } from '../../../lambdas/backfill/collaborators.js';
import { pauseBackfill, resumeBackfill } from '../../../lambdas/backfill/cursor.js';
import type { BackfillSettings } from '../../../lambdas/backfill/settings.js';
import { backfillKit, invocation, type BackfillKit } from '../../support/backfill/collaborators.js';

const LOCATION = 's3://dest/bucket/id';
const LISTING = 's3://dest/keys.txt';
const DT = '2022-04-22-01-00';
const SYMLINK = `${LOCATION}/hive/dt=${DT}/symlink.txt`;
const MANIFEST = manifestHref(LOCATION, DT);
const NO_REPORT = `no partition: ${LOCATION}/hive/ has no folder dt=YYYY-MM-DD-HH-MM`;

const handler = historicHandler({
  queryInventory: ({ chunk }) => `SELECT key FROM inventory WHERE key LIKE '${chunk ?? ''}%'`,
  rowToMessageBody: ({ key }) => key,
  nextChunk: () => undefined,
});

type Writable = { -readonly [K in keyof ObjectReader]: ObjectReader[K] };

/** The texts of the objects in S3, by href. */
let texts: Map<string, string>;
let kit: BackfillKit;
let invocations: number;

beforeEach(() => {
  texts = new Map();
  kit = backfillKit({ inventory: LOCATION, resultsFolder: 'never-written' });
  invocations = 0;
});

const objects: Writable = {
  read: (href) => {
    const text = texts.get(href);
    if (text === undefined) return Promise.resolve(undefined);
    const bytes = Buffer.from(text);
    const about = { size: bytes.length, eTag: '1', lastModified: new Date(0) };
    return Promise.resolve({ bytes, ...about });
  },
  folders: (href) =>
    Promise.resolve(
      [...texts.keys()].flatMap((key) =>
        key.startsWith(href) ? [key.split('/').at(-2) ?? ''] : [],
      ),
    ),
};

function putReport(fileSchema = 'Key'): void {
  texts.set(SYMLINK, 's3://dest/a.csv.gz');
  const files = [{ key: 'a.csv.gz', size: 42 }];
  texts.set(MANIFEST, JSON.stringify({ fileFormat: 'CSV', fileSchema, files }));
}

function send(action: BackfillEvent['action'], settings: Partial<BackfillSettings> = {}) {
  invocations += 1;
  const collaborators = {
    ...kit,
    objects,
    settings: { ...kit.settings, ...settings },
    engine: { ...kit.engine, relation: () => Promise.resolve({ from: 'report' }) },
  };
  return handler.with(collaborators)({ action }, invocation(`request-${invocations}`));
}

const cursor = async () => (await kit.cursors.read())?.cursor;
const listing = { inventory: parseInventory({ location: LISTING, format: '', fields: 'key' }) };
const chunks = { frequencyHours: 6, initialChunk: '2022' };

describe('[N13] a backfill without a report', () => {
  test('answers the deployment that it waits, stores why, and warns', async () => {
    expect(await send('run')).toEqual({
      outcome: 'waiting',
      chunk: undefined,
      message:
        `the backfill waits for its inventory: ${NO_REPORT}. ` +
        'S3 writes the first report up to 48 hours after an inventory is configured. ' +
        'It starts by itself within 15 minutes after the inventory is there; if it is there already, correct inventory_location and deploy again',
    });
    expect(await cursor()).toMatchObject({
      stage: 'waiting',
      waitingFor: expect.stringContaining(NO_REPORT) as unknown,
    });
    expect(kit.log.lines[0]).toMatchObject({
      level: 'warn',
      message: 'the inventory is not there yet',
    });
    expect(kit.invocations).toEqual([]);
  });

  test('is started by the resume schedule once the report is there', async () => {
    await send('run');
    kit.clock.advance(900_000);
    const before = await send('continue');
    const stored = await kit.cursors.version();
    await send('continue');
    expect(await kit.cursors.version()).toBe(stored);
    putReport();

    const after = await send('continue');

    expect([before.outcome, after.outcome]).toEqual(['waiting', 'started']);
    expect(await cursor()).toMatchObject({
      stage: 'pending',
      dt: DT,
      startedAt: new Date(kit.clock.now()).toISOString(),
    });
    expect((await cursor())?.waitingFor).toBeUndefined();
    expect(kit.invocations).toEqual([{ action: 'continue' }]);
  });

  test.each<[string, () => void, string]>([
    ['a manifest', () => texts.set(SYMLINK, 's3://dest/a.csv.gz'), 'has no manifest'],
    [
      'a symlink.txt',
      () => {
        putReport();
        texts.set(SYMLINK, '');
      },
      'lists no files',
    ],
    [
      'some of its files',
      () => {
        putReport();
        texts.set(SYMLINK, 's3://dest/a.csv.gz\ns3://dest/b.csv.gz');
      },
      'is inconsistent',
    ],
  ])('is not started while the first report lacks %s', async (_, put, missing) => {
    put();

    const outcomes = [await send('run'), await send('continue')];

    expect(outcomes).toMatchObject([{ outcome: 'waiting' }, { outcome: 'waiting' }]);
    expect(outcomes[0]?.message).toContain(missing);
    putReport();
    expect(await send('continue')).toMatchObject({ outcome: 'started' });
  });

  test('keeps the time since which it waits when what is missing changes', async () => {
    await send('run');
    const since = (await cursor())?.startedAt;
    kit.clock.advance(900_000);
    texts.set(SYMLINK, 's3://dest/a.csv.gz');
    await send('continue');

    expect(await cursor()).toMatchObject({
      startedAt: since,
      waitingFor: expect.stringContaining('has no manifest') as unknown,
    });
  });

  test('waits for the first chunk too, and starts at the initial_chunk of the last deployment', async () => {
    expect(await send('run', chunks)).toMatchObject({ outcome: 'waiting', chunk: '2022' });
    putReport();

    expect(await send('continue', { ...chunks, initialChunk: '2023' })).toMatchObject({
      outcome: 'started',
      chunk: '2023',
    });
  });

  test('is also started by the next run', async () => {
    await send('run', chunks);
    putReport();

    expect(await send('run', chunks)).toMatchObject({ outcome: 'started', chunk: '2022' });
  });

  test('is not started while it is paused', async () => {
    await send('run');
    await pauseBackfill(kit.cursors);
    putReport();
    const paused = [await send('continue'), await send('run')];
    await resumeBackfill(kit.cursors);

    expect(paused).toMatchObject([{ outcome: 'paused' }, { outcome: 'paused' }]);
    expect(await send('continue')).toMatchObject({ outcome: 'started' });
  });

  test('fails once, not every 15 minutes, if the report does not match config.yaml', async () => {
    await send('run');
    putReport('Bucket, Key');

    await expect(send('continue')).rejects.toThrow('does not match config.yaml');

    expect(await cursor()).toMatchObject({ stage: 'failed' });
    expect(await send('continue')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('inventory_fields: [Bucket, Key]') as unknown,
    });
    putReport();
    expect(await send('run')).toMatchObject({ outcome: 'started' });
  });

  test('goes on waiting after a transient failure', async () => {
    await send('run');
    const { folders } = objects;
    objects.folders = () => Promise.reject(new Error('AccessDenied'));
    await expect(send('continue')).rejects.toThrow('AccessDenied');
    objects.folders = folders;
    putReport();

    expect(await send('continue')).toMatchObject({ outcome: 'started' });
  });
});

describe('[N13] a backfill of a listing', () => {
  test.each([
    ['does not exist', undefined],
    ['is empty', ''],
  ])('that %s waits for it', async (what, text) => {
    if (text !== undefined) texts.set(LISTING, text);

    expect(await send('run', listing)).toMatchObject({
      outcome: 'waiting',
      message: expect.stringContaining(`the listing ${LISTING} ${what}`) as unknown,
    });
    texts.set(LISTING, 'a\nb\n');
    expect(await send('continue', listing)).toMatchObject({ outcome: 'started' });
  });

  test('by chunks waits for it as well', async () => {
    expect(await send('run', { ...listing, ...chunks })).toMatchObject({ outcome: 'waiting' });
    texts.set(LISTING, '2022/a\n');
    expect(await send('continue', { ...listing, ...chunks })).toMatchObject({
      outcome: 'started',
      chunk: '2022',
    });
  });

  test('that is gone between two chunks fails instead', async () => {
    texts.set(LISTING, '2022/a\n');
    await send('run', { ...listing, ...chunks });
    const stored = await kit.cursors.read();
    if (stored === undefined) throw new Error('no cursor');
    await kit.cursors.write({ ...stored.cursor, stage: 'waiting', chunks: 1 }, stored.version);
    texts.clear();

    await expect(send('run', { ...listing, ...chunks })).rejects.toThrow('does not exist');
    expect(await send('continue', { ...listing, ...chunks })).toMatchObject({ outcome: 'idle' });
  });
});

test('[N13] a report that config.yaml names and that does not exist fails the deployment', async () => {
  const location = `${LOCATION}/hive/dt=${DT}`;
  const inventory = parseInventory({ location, format: 'csv', fields: 'Key' });

  await expect(send('run', { inventory })).rejects.toThrow(`report dt=${DT} has no manifest`);
  expect(await cursor()).toBeUndefined();
});
