import { describe, expect, test } from '@jest/globals';
import { versionKey } from '../../../lambdas/granule/version.js';
import { versionTable, type PostedVersions } from '../../../lambdas/ingestor/version-table.js';
import { FORCE_ATTRIBUTE } from '../../../lambdas/queue/attributes.js';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import type { MetricName } from '../../../lambdas/runtime/metrics.js';
import { exampleHandler, exampleItem, sqsRecord } from '../../support/granule.js';
import { versionRows } from '../../support/version-rows.js';

const MINUTE_MS = 60_000;

/** What happens to the first attempt at a message: it succeeds, its function is killed at a point, or it can never succeed. */
const FATES = ['ok', 'killed-claimed', 'killed-posted', 'killed-noted', 'dies'] as const;
type Fate = (typeof FATES)[number];

/** A pipeline whose messages `{"name": "x", "version": "..."}` become versions of the Item x. */
function system() {
  const { client } = versionRows();
  let ahead = 0;
  const table = versionTable('state', client, () => Date.now() + ahead);
  const catalogue: string[] = [];
  const counted: MetricName[] = [];
  let fate: Fate = 'ok';
  const die = (at: Fate): void => {
    if (fate === at) throw new Error('killed');
  };
  const versions: PostedVersions = {
    forget: (...row) => table.forget(...row),
    claim: async (claim) => {
      const granted = await table.claim(claim);
      if (granted.result !== 'claimed') return granted;
      return {
        ...granted,
        posted: async () => {
          die('killed-posted');
          await granted.posted();
          die('killed-noted');
        },
        // A function that was killed releases nothing.
        release: () => (fate === 'killed-claimed' ? Promise.resolve() : granted.release()),
      };
    },
  };
  const { run, lines } = exampleHandler(
    {
      parseMessage: (message) => {
        const { name, version } = (message as { body: { name: string; version?: string } }).body;
        return { href: `${name}/${version ?? ''}` };
      },
      createItem: ({ href }) => {
        const [name = '', version = ''] = href.split('/');
        const item = exampleItem(name, { collection: 'example' });
        return {
          ...item,
          properties: { ...item.properties, ...(version !== '' && { version }) },
        };
      },
      versionOf: ({ properties }) => properties['version'] as string | undefined,
    },
    {
      versions,
      meter: {
        count: (name) => counted.push(name),
        milliseconds: () => undefined,
        seconds: () => undefined,
        publish: () => undefined,
      },
      postItem: ({ properties }) => {
        die('killed-claimed');
        if (fate === 'dies') throw new IngestorError('422', { kind: 'permanent' });
        catalogue.push((properties['version'] as string | undefined) ?? '');
        return Promise.resolve();
      },
    },
  );
  /** Processes one message in a batch of its own. True if its message is done. */
  const process = async (version: string | undefined, how: Fate = 'ok', forced = false) => {
    fate = how;
    const attributes = { [FORCE_ATTRIBUTE]: { stringValue: 'true', dataType: 'String' as const } };
    const body = { name: 'a', ...(version !== undefined && { version }) };
    const failed = await run([sqsRecord(body, forced ? { messageAttributes: attributes } : {})]);
    // The next attempt comes after the visibility timeout, when the function has ended.
    if (failed.length > 0) ahead += 6 * MINUTE_MS;
    return failed.length === 0;
  };
  return { process, catalogue, counted, lines, table };
}

const VERSIONS = ['2024-05-01T00:00:00Z', '2024-05-02T00:00:00Z', '2024-05-02T00:00:00.5Z'];
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

describe('three versions of an Item, each in a batch of its own', () => {
  test.each(ORDERS)(
    'in the order %i, %i, %i: the catalogue only moves forward',
    async (...order) => {
      const { process, catalogue, counted } = system();

      for (const index of order) expect(await process(VERSIONS[index])).toBe(true);

      expect(catalogue.at(-1)).toBe(VERSIONS[2]);
      const posted = catalogue.map((version) => VERSIONS.indexOf(version));
      expect(posted).toEqual(posted.toSorted());
      const superseded = counted.filter((name) => name === 'ItemsSuperseded');
      expect(superseded).toHaveLength(3 - catalogue.length);
    },
  );

  test.each(ORDERS)(
    'in the order %i, %i, %i, killed at any point or refused for good: the newest that can be posted is there in the end',
    async (...order) => {
      const fates = FATES.flatMap((one) =>
        FATES.flatMap((two) => FATES.map((three) => [one, two, three] as const)),
      );
      for (const fate of fates) {
        const { process, catalogue } = system();
        const queue = order.map((index) => ({ index, how: fate[index] ?? 'ok' }));
        for (let turns = 0; queue.length > 0 && turns < 50; turns += 1) {
          const [next] = queue.splice(0, 1);
          if (next === undefined || (await process(VERSIONS[next.index], next.how))) continue;
          queue.push({ ...next, how: 'ok' });
        }

        const alive = VERSIONS.filter((_, index) => fate[index] !== 'dies');
        expect({ fate, newest: catalogue.at(-1), left: queue.length }).toEqual({
          fate,
          newest: alive.at(-1),
          left: 0,
        });
      }
    },
  );
});

describe('a message about an older version', () => {
  test('is done, and its log line says which version is in the catalogue', async () => {
    const { process, lines } = system();
    await process(VERSIONS[1]);

    expect(await process(VERSIONS[0])).toBe(true);

    expect(lines.at(-1)).toMatchObject({
      level: 'info',
      message: 'record',
      fields: { itemId: 'a', outcome: 'superseded', supersededBy: '2024-05-02T00:00:00' },
    });
  });

  test('is posted after all if it is forced, and then only a newer one is posted without force', async () => {
    const { process, catalogue } = system();
    await process(VERSIONS[1]);

    await process(VERSIONS[0], 'ok', true);
    await process(VERSIONS[1]);

    expect(catalogue).toEqual([VERSIONS[1], VERSIONS[0], VERSIONS[1]]);
  });

  test('is posted if the newer one was given up, because it was not loaded', async () => {
    const { process, catalogue, table } = system();
    await process(VERSIONS[1]);

    await table.forget('a', versionKey(VERSIONS[0]));
    await process(VERSIONS[0]);
    expect(catalogue).toEqual([VERSIONS[1]]);

    await table.forget('a', versionKey(VERSIONS[1]));
    await process(VERSIONS[0]);
    expect(catalogue).toEqual([VERSIONS[1], VERSIONS[0]]);
  });

  test('without a version is the oldest', async () => {
    const { process, catalogue } = system();

    await process(undefined);
    await process(VERSIONS[0]);
    await process(undefined);

    expect(catalogue).toEqual(['', VERSIONS[0]]);
  });
});

test('the same version is posted again, as a retry or a reprocessing does', async () => {
  const { process, catalogue } = system();

  await process(VERSIONS[0]);
  await process('2024-05-01T02:00:00+02:00');

  expect(catalogue).toHaveLength(2);
});

test('while a version is being posted, another one is tried again later, newer or not', async () => {
  const { process, table, catalogue, lines } = system();
  const until = Date.now() + MINUTE_MS;
  const version = versionKey(VERSIONS[1]);
  const claim = { itemId: 'a', by: 'another', version, isForced: false, until };
  const granted = await table.claim(claim);

  expect(await process(VERSIONS[2])).toBe(false);
  expect(catalogue).toEqual([]);
  expect(lines.at(-1)?.fields).toMatchObject({ outcome: 'retry', error: 'VersionBusy' });

  // The claim has ended meanwhile, so what it stands for cannot be noted any more.
  expect(await process(VERSIONS[2])).toBe(true);
  await expect(granted.result === 'claimed' && granted.posted()).rejects.toThrow();
});

test('a message that is received again takes over its own claim, because its function was killed', async () => {
  const { table } = system();
  const until = Date.now() + MINUTE_MS;
  const claim = { itemId: 'a', by: 'm', version: versionKey(VERSIONS[1]), isForced: false, until };
  const first = await table.claim(claim);

  expect(await table.claim({ ...claim, by: 'another' })).toEqual({ result: 'busy' });
  const second = await table.claim(claim);
  await expect(first.result === 'claimed' && first.posted()).rejects.toThrow();
  await (second.result === 'claimed' && second.posted());

  expect(await table.claim({ ...claim, version: versionKey(VERSIONS[0]) })).toMatchObject({
    result: 'superseded',
  });
});

test('a pipeline without versions keeps no rows', async () => {
  const { rows, client } = versionRows();
  const { run, posted } = exampleHandler({}, { versions: versionTable('state', client) });

  await run([sqsRecord({ name: 'a' })]);

  expect(posted).toHaveLength(1);
  expect(rows.size).toBe(0);
});

test.each([
  ['2022-11-30T02:43:42.50+01:00', '2022-11-30T01:43:42.5'],
  ['2022-11-30T01:43:42Z', '2022-11-30T01:43:42'],
  ['v10', 'v10'],
  [undefined, ''],
])('the version %s sorts as %j', (version, key) => {
  expect(versionKey(version)).toBe(key);
});
