import { describe, expect, test } from '@jest/globals';
import { GranuleError, type ValidationError } from '../../../lambdas/runtime/errors.js';
import { parseBody } from '../../../lambdas/granule/message.js';
import type { LogFields } from '../../../lambdas/runtime/log.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import { MemoryLog } from '../../support/backfill/collaborators.js';
import {
  makeItem,
  makeItems,
  type Granule,
  type GranulePipeline,
} from '../../../lambdas/granule/items.js';
import type { Item, Polygon } from '../../../lambdas/stac/stac.js';
import { exampleItem, examplePipeline } from '../../support/granule.js';
import { readSource } from '../../kit/read-source.js';

const source = readSource();

/** The Item as it is posted, with what was warned of on the way. */
async function make(
  made: Item | GranulePipeline<Granule>['createItem'],
  { collectionId = 'example', stacApiUrl }: { collectionId?: string; stacApiUrl?: string } = {},
) {
  const warnings: [string, LogFields | undefined][] = [];
  const item = await makeItem(
    { collectionId, createItem: typeof made === 'function' ? made : () => Promise.resolve(made) },
    { href: 's3://b/a' },
    { source, stacApiUrl, warn: (...warning) => warnings.push([warning[0], warning[1]]) },
  );
  return { item, warnings };
}

test('createItem gets the granule, the source to read it from and a way to warn', async () => {
  const { item, warnings } = await make(({ href, source: given, warn }) => {
    expect(given).toBe(source);
    warn('odd', { href });
    return Promise.resolve(exampleItem(href.slice('s3://b/'.length)));
  });

  expect(item.id).toBe('a');
  expect(warnings).toEqual([['odd', { href: 's3://b/a' }]]);
});

describe('the collection', () => {
  test('of another pipeline is an error with both ids', async () => {
    await expect(make(exampleItem('a', { collection: 'other' }))).rejects.toMatchObject({
      message:
        "Item 'a' is not valid STAC: collection: is 'other', but the pipeline's Collection is 'example'",
    });
  });

  test('may be set by createItem itself', async () => {
    const { item } = await make(exampleItem('a', { collection: 'example' }));

    expect(item.collection).toBe('example');
  });

  test.each(['https://stac.example.com', 'https://stac.example.com//'])(
    'is linked to below %s, with its id encoded',
    async (stacApiUrl) => {
      const { item } = await make(exampleItem('a'), { collectionId: 'a b/c', stacApiUrl });

      expect(item.links).toEqual([
        {
          rel: 'collection',
          type: 'application/json',
          href: 'https://stac.example.com/collections/a%20b%2Fc',
        },
      ]);
    },
  );

  test('is not linked to without a STAC API', async () => {
    expect((await make(exampleItem('a'))).item.links).toEqual([]);
  });
});

describe('times', () => {
  const [start, end] = ['2022-01-01T00:00:00Z', '2022-01-02T00:00:00Z'];
  const timesOf = async (properties: Record<string, unknown>) =>
    (await make(exampleItem('a', { properties: properties as Item['properties'] }))).item
      .properties;

  test('of a range are kept next to the given datetime', async () => {
    const range = { datetime: start, start_datetime: start, end_datetime: end, gsd: 10 };

    expect(await timesOf(range)).toEqual(range);
  });

  test('of an instant become a datetime alone, the given one if there is one', async () => {
    const instant = { start_datetime: start, end_datetime: start, gsd: 10 };

    expect(await timesOf({ datetime: null, ...instant })).toEqual({ datetime: start, gsd: 10 });
    expect(await timesOf({ datetime: end, ...instant })).toEqual({ datetime: end, gsd: 10 });
  });

  test('that are not valid are reported, not compared', async () => {
    const wrong = { datetime: null, start_datetime: 'noon', end_datetime: 'midnight' };

    await expect(timesOf(wrong)).rejects.toThrow(/start_datetime: 'noon' is not an RFC 3339/);
  });

  test.each([
    [{ start_datetime: start, end_datetime: 'noon' }, "end_datetime: 'noon' is not an RFC 3339"],
    [{ start_datetime: 'noon', end_datetime: end }, "start_datetime: 'noon' is not an RFC 3339"],
    [{ start_datetime: 5, end_datetime: 5 }, 'start_datetime: expected string'],
  ])('of the range %j are reported by the validation', async (range, fault) => {
    await expect(timesOf({ datetime: start, ...range })).rejects.toThrow(fault);
  });

  test.each([
    [{}, 1],
    [{ start_datetime: start, end_datetime: 5 }, 2],
    [{ start_datetime: 5, end_datetime: end }, 2],
  ])('of %j without a datetime are reported with %i faults', async (range, count) => {
    const error: unknown = await timesOf(range).catch((thrown: unknown) => thrown);

    const { faults } = error as ValidationError;
    expect(faults).toHaveLength(count);
    expect(faults[0]).toMatch(/^properties\.datetime: is missing/);
  });

  test.each(['start_datetime', 'end_datetime'])('with %s alone are not a range', async (name) => {
    await expect(timesOf({ datetime: start, [name]: start })).rejects.toThrow(
      'start_datetime and end_datetime must be set together, but one is missing',
    );
  });
});

describe('a bbox', () => {
  const box = (west: number, east: number): Polygon => ({
    type: 'Polygon',
    coordinates: [
      [
        [west, 0],
        [east, 0],
        [east, 1],
        [west, 1],
        [west, 0],
      ],
    ],
  });

  test('that is wider than its geometry and than half the world causes a warning', async () => {
    const { warnings } = await make(
      exampleItem('a', { geometry: box(-90, -80), bbox: [-90, 0, 90.5, 1] }),
    );

    expect(warnings).toEqual([
      [
        'the bbox is wider than the geometry; was the antimeridian missed?',
        { id: 'a', bbox: [-90, 0, 90.5, 1], derived: [-90, 0, -80, 1] },
      ],
    ]);
  });

  test.each([
    ['half the world wide', { geometry: box(-90, -80), bbox: [-90, 0, 90, 1] as const }],
    ['as wide as its geometry', { geometry: box(-100, 90), bbox: [-100, 0, 90, 1] as const }],
    ['small', { geometry: box(0, 1), bbox: [0, 0, 2, 1] as const }],
  ])('that is %s does not', async (_name, fields) => {
    expect((await make(exampleItem('a', fields))).warnings).toEqual([]);
  });

  test('may be absent with the geometry', async () => {
    const { bbox, ...rest } = exampleItem('a', { geometry: null });

    expect(bbox).toBeDefined();
    expect((await make(rest)).warnings).toEqual([]);
  });
});

/** The Items of one message on stand-ins, with what was counted and logged. */
async function makeAll(
  body: unknown,
  createItem = examplePipeline.createItem,
  log = new MemoryLog(),
) {
  const counted: unknown[] = [];
  const made = await makeItems(
    { ...examplePipeline, createItem },
    parseBody(JSON.stringify(body)),
    {
      run: (createOne) =>
        createOne(
          readSource((href) => Promise.resolve(Buffer.from(`content of ${href}`))),
          new AbortController().signal,
        ),
      log,
      origin: { isBackfill: false },
      meter: { ...silentMeter, count: (...given) => counted.push(given) },
      stacApiUrl: 'https://stac.example.com',
    },
  );
  return { made, log, counted };
}

test('makeItems passes the source, warn and the STAC API, and counts the Items', async () => {
  const { made, log, counted } = await makeAll({ name: 'a' }, async ({ href, source, warn }) => {
    warn(Buffer.from(await source.read(href)).toString(), { href });
    return exampleItem(href);
  });

  expect(made.items.map(({ id, links }) => [id, links[0]?.href])).toEqual([
    ['a', 'https://stac.example.com/collections/example'],
  ]);
  expect(made).not.toHaveProperty('failure');
  expect(counted).toEqual([['ItemsMade', 1]]);
  expect(log.lines).toEqual([{ level: 'warn', message: 'content of a', fields: { href: 'a' } }]);
});

test('[N35] an extension that is not checked is warned about once in a container, not for every Item', async () => {
  const url = 'https://stac-extensions.github.io/eo/v9.0.0/schema.json';
  const log = new MemoryLog();
  const createItem = ({ href }: Granule) =>
    Promise.resolve(exampleItem(href, { stac_extensions: [url] }));

  for (const name of ['a', 'b']) await makeAll({ name }, createItem, log);
  const another = await makeAll({ name: 'c' }, createItem);

  expect(log.lines).toEqual([
    {
      level: 'warn',
      message: expect.stringContaining(`${url} are not checked`),
      fields: { id: 'a' },
    },
  ]);
  expect(another.log.lines).toHaveLength(1);
});

test('[N10] an Item with fields of an extension that it does not declare is made, with a warning', async () => {
  const assets = { data: { href: 's3://b/x', 'raster:bands': [{ nodata: 0 }] } };
  const { item, warnings } = await make(exampleItem('a', { assets }));

  expect(item.assets).toEqual(assets);
  expect(warnings).toEqual([
    [expect.stringContaining('of the raster extension, which is not declared'), { id: 'a' }],
  ]);
});

test('makeItems returns a failure for an Item that cannot be created, and does not count it', async () => {
  const { made, counted } = await makeAll({ name: 'a' }, () =>
    Promise.reject(new GranuleError('broken', { href: 'a' })),
  );

  expect(made.items).toHaveLength(0);
  expect(made.failure).toEqual({ kind: 'permanent', name: 'GranuleError', message: 'broken' });
  expect(counted).toEqual([['ItemsMade', 0]]);
});

test.each([
  ['info', 'test-event', { Event: 's3:TestEvent' }],
  ['warn', 'no-records', { Records: [] }],
  ['warn', 'subscription-confirmation', { Type: 'SubscriptionConfirmation', Message: 'm' }],
])('a skipped message is logged at level %s with the reason %s', async (...given) => {
  const [level, reason, body] = given;

  const { log } = await makeAll(body);

  expect(log.lines).toEqual([
    {
      level,
      message: 'message skipped',
      fields: { reason, detail: expect.any(String) as unknown },
    },
  ]);
});
