import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isUnfinished } from '../../../lambdas/backfill/cursor.js';
import { LEASE_MS } from '../../../lambdas/backfill/lease.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import type { ObjectReader } from '../../../lambdas/inventory/objects.js';
import type { QueryEngine } from '../../../lambdas/inventory/engine.js';
import { backfillKit, invocation, type BackfillKit } from '../../support/backfill/collaborators.js';
import { writeInventory, type InventoryRow } from '../../support/backfill/inventory-folder.js';
import { killable, Killed, RepeatAccount, type Kill } from '../../support/backfill/kills.js';

const DT = '2022-04-22-01-00';
const FIELDS = ['Bucket', 'Key', 'VersionId', 'IsLatest', 'IsDeleteMarker', 'Size'];
const ODD = ['a', 'b', '/', '+', '%', ' ', '"', '\n', ',', 'é', '😀', '\uffff', '\u0007'];
const QUARTER_MS = 15 * 60_000;

const handler = historicHandler({
  queryInventory: () => 'SELECT key FROM inventory',
  rowToMessageBody: ({ key }) => JSON.stringify(key ?? null),
  nextChunk: () => undefined,
});

let folder: string;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'property-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const anyKill = fc.record({
  call: fc.integer({ min: 1, max: 25 }),
  effective: fc.boolean(),
  retried: fc.boolean(),
});
const anyKills = fc.array(anyKill, { maxLength: 8 });
const anyPageBytes = fc.integer({ min: 1, max: 300 });
const anyKey = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...ODD), minLength: 1, maxLength: 6 }),
);

/** Runs until the backfill is done; gives the most that one kill made repeatable. */
async function runToTheEnd(kit: BackfillKit, kills: readonly Kill[], account: RepeatAccount) {
  const left = [...kills];
  let worst = 0;
  let event: unknown = { action: 'run' };
  for (let count = 0, owner = 'deploy'; ; count += 1) {
    const kill = left.shift();
    try {
      await handler.with(killable(kit, kill))(event, invocation(owner));
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      worst = Math.max(worst, account.killed());
      // Lambda waits a minute before it retries an event, and the lease has ended by then.
      kit.clock.advance(kill?.retried === true ? LEASE_MS : QUARTER_MS);
      if (kill?.retried === true) continue;
    }
    const stored = await kit.cursors.read();
    if (stored !== undefined && !isUnfinished(stored.cursor)) return worst;
    // The deployment fails when its run is killed, and is run again.
    event = stored === undefined ? event : (kit.invocations.shift() ?? { action: 'continue' });
    owner = `run-${count}`;
    await setImmediate();
  }
}

function countOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Each expected message once, and again only where a kill allowed it. */
function expectSent(kit: BackfillKit, keys: readonly string[], mayRepeat: readonly string[]): void {
  const parsed = (bodies: readonly string[]) =>
    countOf(bodies.map((body) => JSON.parse(body) as string));
  const sent = parsed(kit.queue.bodies);
  const repeats = parsed(mayRepeat);
  const expected = countOf(keys);
  expect(new Set(sent.keys())).toEqual(new Set(expected.keys()));
  for (const [key, count] of expected) {
    expect(sent.get(key)).toBeGreaterThanOrEqual(count);
    expect(sent.get(key)).toBeLessThanOrEqual(count + (repeats.get(key) ?? 0));
  }
}

/** The result of any query is these keys, in Athena's form. */
function fixedResult(keys: readonly string[]): { engine: QueryEngine; objects: ObjectReader } {
  const text = ['key', ...keys].map((key) => `"${key.replaceAll('"', '""')}"\n`).join('');
  const bytes = Buffer.from(text);
  const manifest = { fileFormat: 'CSV', fileSchema: FIELDS.join(), files: [{ key: 'a', size: 1 }] };
  const texts: Record<string, Buffer> = {
    '/i/hive/dt=2022-04-22-01-00/symlink.txt': Buffer.from('s3://a'),
    '/i/2022-04-22T01-00Z/manifest.json': Buffer.from(JSON.stringify(manifest)),
  };
  return {
    engine: {
      dialect: 'athena',
      relation: () => Promise.resolve({ from: 't' }),
      start: (_sql, token) => Promise.resolve(token),
      state: () => Promise.resolve({ state: 'succeeded', resultHref: 'result' }),
      stop: () => Promise.resolve(),
    },
    objects: {
      read: (href, { offset, length }) => {
        const content = texts[href] ?? bytes;
        const part = content.subarray(offset, offset + length);
        const lastModified = new Date(0);
        return Promise.resolve({ bytes: part, size: content.length, eTag: 'e', lastModified });
      },
      folders: () => Promise.resolve([`dt=${DT}`]),
    },
  };
}

test('with any result, page size and kills, each row is sent once, and only rows of an interrupted page are sent again', async () => {
  const anyKeys = fc.array(anyKey, { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(anyKeys, anyPageBytes, anyKills, async (keys, pageBytes, kills) => {
      const kit = {
        ...backfillKit({ inventory: '/i', fields: FIELDS.join(), resultsFolder: folder }),
        ...fixedResult(keys),
        pageBytes,
        parallelBatches: 2,
      };
      const account = new RepeatAccount(kit);

      const worst = await runToTheEnd(kit, kills, account);

      expectSent(kit, keys, account.mayRepeat);
      // `"a"` and a new line are the shortest record; a page is longer only for the sake of a long one.
      const longest = Math.max(0, ...keys.map((key) => Buffer.byteLength(JSON.stringify(key)) + 1));
      expect(worst).toBeLessThanOrEqual(Math.max(1, (pageBytes + 2 * longest) / 4));
    }),
    { numRuns: 300 },
  );
});

/** Versions of one key: the last one is the latest, and may be a delete marker. */
const anyVersions = fc
  .tuple(
    anyKey,
    fc.array(fc.record({ marker: fc.boolean(), size: fc.constantFrom(0, 7, null) }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.constantFrom('true', 'TRUE'),
  )
  .map(([key, versions, yes]) =>
    versions.map(({ marker, size }, index): InventoryRow => ({
      bucket: 'b',
      key,
      version_id: `v${index}`,
      is_delete_marker: marker,
      is_latest: index === versions.length - 1 ? yes : 'false',
      size: marker ? null : size,
    })),
  );

function currentKeys(rows: readonly InventoryRow[]): string[] {
  return rows
    .filter(
      ({ is_latest, is_delete_marker }) => is_latest !== 'false' && is_delete_marker === false,
    )
    .map(({ key, size }) => ({ key: String(key), size }))
    .filter(({ key, size }) => !(key.endsWith('/') && size === 0))
    .map(({ key }) => key);
}

test('with any inventory, page size and kills, the messages are the current objects of the inventory', async () => {
  const anyFiles = fc.array(fc.array(anyVersions, { maxLength: 12 }), {
    minLength: 1,
    maxLength: 3,
  });
  const anyFormat = fc.constantFrom('CSV' as const, 'Parquet' as const);
  const anySettings = fc.record({ format: anyFormat, pageBytes: anyPageBytes });
  await fc.assert(
    fc.asyncProperty(
      anyFiles,
      anyKills,
      anySettings,
      async (groups, kills, { format, pageBytes }) => {
        runs += 1;
        const files = groups.map((versions) => versions.flat());
        const inventory = join(folder, `inventory-${runs}`);
        await writeInventory({ folder: inventory, dt: DT, format, fields: FIELDS, files });
        const resultsFolder = join(folder, `results-${runs}`);
        const options = { inventory, format, fields: FIELDS.join(), resultsFolder };
        const kit = { ...backfillKit(options), pageBytes };
        const account = new RepeatAccount(kit);

        await runToTheEnd(kit, kills, account);

        expectSent(kit, currentKeys(files.flat()), account.mayRepeat);
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
