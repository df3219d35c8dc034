import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { makeItem } from '../../../lambdas/granule/items.js';
import type { Item } from '../../../lambdas/stac/stac.js';
import { validateCollection, validateItem } from '../../../lambdas/stac/validate.js';
import { exampleCollection } from '../../support/collection.js';
import { exampleItem } from '../../support/granule.js';
import { sharedJson, sharedPath, testWithShared } from '../../support/shared-data.js';
import { faultsOf } from '../../support/stac-faults.js';
import { extensionSchema } from '../../support/stac-schemas.js';
import { readSource } from '../../kit/read-source.js';

const [SAR, SAT, EO, PROJ] = [
  'https://stac-extensions.github.io/sar/v1.0.0/schema.json',
  'https://stac-extensions.github.io/sat/v1.0.0/schema.json',
  'https://stac-extensions.github.io/eo/v1.1.0/schema.json',
  'https://stac-extensions.github.io/projection/v1.1.0/schema.json',
] as const;

function item(fields: Record<string, unknown> = {}): Item {
  return { ...exampleItem('a'), collection: 'example', ...fields };
}

function withProperties(properties: Record<string, unknown>, extensions: string[] = []): Item {
  return item({
    properties: { datetime: '2022-11-30T01:43:42Z', ...properties },
    stac_extensions: extensions,
  });
}

function without<T extends object>(value: T, field: keyof T): T {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field)) as T;
}

describe('an Item', () => {
  test('that follows the specification is valid', () => {
    expect(faultsOf(item())).toEqual([]);
  });

  test('with several faults is an error with all of them, each with its path and value', () => {
    const faults = faultsOf(
      item({ id: '', type: 'Thing', links: [{ rel: 'x' }], properties: { datetime: 7 } }),
    );

    expect(faults).toHaveLength(4);
    expect(faults.join('\n')).toMatch(/type: .*\(given "Thing"\)/);
    expect(faults.join('\n')).toMatch(/id: .*\(given ""\)/);
    expect(faults.join('\n')).toMatch(/properties\.datetime: .*\(given 7\)/);
    expect(faults.join('\n')).toMatch(/links\.0\.href: is missing/);
  });

  test('[E01] may have a null datetime only with a start and an end', () => {
    const range = { start_datetime: '2022-01-01T00:00:00Z', end_datetime: '2022-01-02T00:00:00Z' };

    expect(faultsOf(withProperties({ datetime: null, ...range }))).toEqual([]);
    expect(faultsOf(withProperties({ datetime: null }))).toEqual([
      'properties.datetime: is null, which requires start_datetime and end_datetime',
    ]);
  });

  test('[E02] must not end before it starts, not even by less than a millisecond', () => {
    const reversed = {
      start_datetime: '2022-01-01T00:00:00.000002Z',
      end_datetime: '2022-01-01T00:00:00.000001Z',
    };

    expect(faultsOf(withProperties(reversed))).toEqual([
      'properties.start_datetime: starts at 2022-01-01T00:00:00.000002Z, after its end at 2022-01-01T00:00:00.000001Z',
    ]);
  });

  test('must not have only one end of a range', () => {
    for (const name of ['start_datetime', 'end_datetime']) {
      expect(faultsOf(withProperties({ [name]: '2022-01-01T00:00:00Z' }))).toEqual([
        'properties: start_datetime and end_datetime must be set together, but one is missing',
      ]);
    }
  });

  test.each(['2022-11-30', '2022-11-30T01:43:42', '2022-02-30T00:00:00Z', '2022-13-01T00:00:00Z'])(
    'must not have the datetime %s',
    (datetime) => {
      expect(faultsOf(withProperties({ datetime }))).toHaveLength(1);
    },
  );

  test('[E16] must have a bbox exactly if it has a geometry', () => {
    expect(faultsOf(item({ geometry: null }))).toEqual([
      'bbox: must be left out, because the geometry is null',
    ]);
    const withoutBbox = without(item(), 'bbox');
    expect(faultsOf(withoutBbox)).toEqual(['bbox: is missing, but the geometry is not null']);
    expect(faultsOf({ ...withoutBbox, geometry: null })).toEqual([]);
  });

  test.each([
    [
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
    ],
    [
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
      ],
    ],
    [
      [
        [
          [0, 0],
          [181, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    ],
    [
      [
        [
          [0, 0],
          [1, -91],
          [1, 1],
          [0, 0],
        ],
      ],
    ],
    [[]],
  ])('must not have the ring %j', (coordinates) => {
    expect(faultsOf(item({ geometry: { type: 'Polygon', coordinates } }))).not.toEqual([]);
  });

  test('may have a bbox with west > east, but not with south > north', () => {
    const geometry = { type: 'Point', coordinates: [180, 0] };

    expect(faultsOf(item({ geometry, bbox: [179, -1, -179, 1] }))).toEqual([]);
    expect(faultsOf(item({ bbox: [0, 2, 1, 1] }))).toEqual([
      'bbox: south 2 is greater than north 1',
    ]);
  });

  test('[E17] must not have NaN, Infinity or undefined anywhere', () => {
    const asset = {
      href: 's3://b/x',
      'raster:bands': [{ nodata: NaN, statistics: { maximum: Infinity } }],
    };

    expect(faultsOf(item({ assets: { x: asset } }))).toEqual([
      'assets.x.raster:bands.0.nodata: NaN cannot be written as JSON',
      'assets.x.raster:bands.0.statistics.maximum: Infinity cannot be written as JSON',
    ]);
    expect(faultsOf(withProperties({ 'a:b': undefined }))).toEqual([
      'properties.a:b: undefined cannot be written as JSON: leave the field out or use null',
    ]);
  });

  test.each([
    [10n, 'bigint'],
    [() => 1, 'function'],
  ])('[E17] must not have %p, which cannot be written as JSON', (value, type) => {
    expect(faultsOf(withProperties({ 'a:b': [null, value] }))).toEqual([
      `properties.a:b.1: ${type} cannot be written as JSON: leave the field out or use null`,
    ]);
  });

  test.each([
    [{ id: 7 }, "Item 'without an id'"],
    [{ id: '' }, "Item ''"],
  ])('with %j is named %s in the error', (fields, name) => {
    expect(() => {
      validateItem(item(fields));
    }).toThrow(new RegExp(`^${name} is not valid STAC: id: `));
  });

  test.each([
    'datetime',
    'start_datetime',
    'end_datetime',
    'created',
    'updated',
    'published',
    'expires',
  ])('must have an RFC 3339 date-time as its %s', (name) => {
    const range = { start_datetime: '2022-01-01T00:00:00Z', end_datetime: '2022-01-02T00:00:00Z' };

    expect(faultsOf(withProperties({ ...range, [name]: 'noon' }))).toEqual([
      `properties.${name}: 'noon' is not an RFC 3339 date-time with a zone`,
    ]);
  });

  test.each(['2024-02-30T00:00:00Z', '2024-13-01T00:00:00Z', '2024-01-01T25:00:00Z'])(
    'must have a datetime that exists, unlike %s',
    (datetime) => {
      expect(faultsOf(withProperties({ datetime }))).toEqual([
        `properties.datetime: '${datetime}' is a day or a time that does not exist`,
      ]);
    },
  );

  test.each(['start_datetime', 'end_datetime'])(
    'with a null datetime and only %s has both faults',
    (name) => {
      const time = '2022-01-01T00:00:00Z';

      expect(faultsOf(withProperties({ datetime: null, [name]: time }))).toEqual([
        'properties.datetime: is null, which requires start_datetime and end_datetime',
        'properties: start_datetime and end_datetime must be set together, but one is missing',
      ]);
    },
  );

  test('may have eo:bands in its properties only if an asset has them too', () => {
    const bands = { 'eo:bands': [{ name: 'B01' }] };
    const assets = { x: { href: 's3://b/x', ...bands }, y: { href: 's3://b/y' } };
    const withBands = withProperties(bands, [EO]);

    expect(faultsOf({ ...withBands, assets })).toEqual([]);
    expect(faultsOf(withBands)).toEqual([
      'properties.eo:bands: must be left out unless an asset has eo:bands',
    ]);
  });

  test('may have a three-dimensional bbox, also with south <= north', () => {
    const bbox = (...corners: number[]) => item({ bbox: corners });

    expect(faultsOf(bbox(11, 48, 900, 12, 49, -900))).toEqual([]);
    expect(faultsOf(bbox(0, 2, 0, 1, 1, 9))).toEqual(['bbox: south 2 is greater than north 1']);
  });

  test('[E22] keeps small, negative and precise coordinates when it is written as JSON', () => {
    const geometry = { type: 'Point', coordinates: [179.99999999999997, 1e-7] };
    const precise = item({ geometry, bbox: [179.99999999999997, 1e-7, 179.99999999999997, 1e-7] });

    expect(faultsOf(precise)).toEqual([]);
    expect(JSON.parse(JSON.stringify(precise))).toEqual(precise);
  });
});

describe('a declared extension', () => {
  test('has required fields', () => {
    expect(faultsOf(withProperties({}, [SAR, SAT]))).toEqual([
      'properties.sar:instrument_mode: is missing',
      'properties.sar:frequency_band: is missing',
      'properties.sar:polarizations: is missing',
      'properties.sar:product_type: is missing',
      'properties: must have at least one of sat:platform_international_designator, sat:orbit_state, sat:absolute_orbit, ' +
        'sat:relative_orbit, sat:anx_datetime',
    ]);
  });

  test.each<[string, string, unknown]>([
    [SAR, 'sar:frequency_band', 'Z'],
    [SAR, 'sar:polarizations', ['VV', 'VV']],
    [SAR, 'sar:looks_range', 1.5],
    [SAR, 'sar:unknown', 1],
    [SAT, 'sat:orbit_state', 'up'],
    [SAT, 'sat:absolute_orbit', 0],
    [SAT, 'sat:anx_datetime', 'noon'],
    [EO, 'eo:cloud_cover', 101],
    [EO, 'eo:bands', []],
    [PROJ, 'proj:epsg', 'EPSG:4326'],
    [PROJ, 'proj:shape', [1]],
    [PROJ, 'proj:transform', [1, 2]],
    [PROJ, 'proj:centroid', { lat: 91, lon: 0 }],
  ])('%s does not allow %s = %j', (extension, field, value) => {
    const faults = faultsOf(withProperties({ [field]: value }, [extension]));

    expect(faults.filter((fault) => fault.startsWith(`properties.${field}`))).not.toEqual([]);
  });

  test('is checked on assets too, and only if it is declared', () => {
    const assets = { x: { href: 's3://b/x', 'eo:cloud_cover': 101 } };

    expect(faultsOf(item({ assets, stac_extensions: [EO] }))).toEqual([
      expect.stringMatching(/^assets\.x\.eo:cloud_cover: .*\(given 101\)$/),
    ]);
    const unknown = { x: { href: 's3://b/x', 'eo:clouds': 1 } };
    expect(faultsOf(item({ assets: unknown, stac_extensions: [EO] }))).toEqual([
      'assets.x.eo:clouds: is not a field of the eo extension',
    ]);
    expect(faultsOf(item({ assets }))).toEqual([]);
    const another = ['https://example.com/extension/v1.0.0/schema.json'];
    expect(faultsOf(item({ assets, stac_extensions: another }))).toEqual([]);
  });
});

describe('makeItem', () => {
  const context = {
    source: readSource(),
    warn: () => undefined,
  };
  const make = (made: Item, stacApiUrl?: string) =>
    makeItem(
      { collectionId: 'example', createItem: () => Promise.resolve(made) },
      { href: 's3://b/a' },
      { ...context, stacApiUrl },
    );

  test('[E04] sets the collection, and rejects the id of another one', async () => {
    expect((await make(exampleItem('a'))).collection).toBe('example');
    await expect(make(exampleItem('a', { collection: 'other' }))).rejects.toThrow(
      "collection: is 'other', but the pipeline's Collection is 'example'",
    );
  });

  test('adds a link to the collection as the last one if the STAC API is known', async () => {
    const made = exampleItem('a', { links: [{ rel: 'license', href: 'https://example.com' }] });

    expect((await make(made, 'https://stac.example.com/')).links).toEqual([
      { rel: 'license', href: 'https://example.com' },
      {
        rel: 'collection',
        href: 'https://stac.example.com/collections/example',
        type: 'application/json',
      },
    ]);
  });

  test('[E02] replaces a range whose ends are equal by its instant', async () => {
    const time = '2022-01-01T00:00:00Z';
    const properties = { datetime: null, start_datetime: time, end_datetime: time };

    expect((await make(exampleItem('a', { properties }))).properties).toEqual({ datetime: time });
  });

  test('[E02] compares times by their instant, not their text', async () => {
    const times = (end_datetime: string) =>
      make(
        exampleItem('a', {
          properties: { datetime: null, start_datetime: '2022-01-01T00:00:00Z', end_datetime },
        }),
      );

    for (const end of ['2022-01-01T00:00:00.000Z', '2022-01-01T01:00:00+01:00']) {
      expect((await times(end)).properties).toEqual({ datetime: '2022-01-01T00:00:00Z' });
    }
    expect((await times('2022-01-01T00:00:00.000001Z')).properties.datetime).toBeNull();
  });

  test('[E01] adds a null datetime to a range if it was left out', async () => {
    const range = { start_datetime: '2022-01-01T00:00:00Z', end_datetime: '2022-01-02T00:00:00Z' };
    const made = exampleItem('a', { properties: range as unknown as Item['properties'] });

    expect((await make(made)).properties).toEqual({ datetime: null, ...range });
  });

  test.each([
    [undefined, 'The value returned by createItem is not valid STAC: undefined is not an Item'],
    [null, 'The value returned by createItem is not valid STAC: null is not an Item'],
    [
      { ...exampleItem('a'), links: null, stac_version: '2' },
      'Item \'a\' is not valid STAC: stac_version: expected "1.0.0" or "1.1.0" (given "2"); ' +
        'links: expected array, received null (given null)',
    ],
    [
      { ...exampleItem('a'), properties: null },
      "Item 'a' is not valid STAC: properties: expected object, received null (given null)",
    ],
  ])(
    'rejects a value of another form with every fault, whatever its type (%#)',
    async (made, message) => {
      await expect(make(made as unknown as Item)).rejects.toMatchObject({
        name: 'ValidationError',
        kind: 'permanent',
        message,
      });
    },
  );

  test('[E11] warns about a bbox that is much wider than its geometry', async () => {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    const west = [
      [
        [-180, 0],
        [-179.7, 0],
        [-179.7, 1],
        [-180, 1],
        [-180, 0],
      ],
    ] as const;
    const east = [
      [
        [179.2, 0],
        [180, 0],
        [180, 1],
        [179.2, 1],
        [179.2, 0],
      ],
    ] as const;
    const belted = exampleItem('a', {
      geometry: { type: 'MultiPolygon', coordinates: [east, west] },
      bbox: [-180, 0, 180, 1],
    });

    await makeItem(
      { collectionId: 'example', createItem: () => Promise.resolve(belted) },
      { href: 's3://b/a' },
      { ...context, warn },
    );

    expect(warnings).toEqual(['the bbox is wider than the geometry; was the antimeridian missed?']);
  });
});

describe('a Collection', () => {
  const collection = exampleCollection('c');

  test('that follows the specification is valid', () => {
    expect(() => {
      validateCollection(collection);
    }).not.toThrow();
  });

  test('must have the fields that the ingestor requires', () => {
    const rest = without(collection, 'item_assets');
    const interval = [['2015-01-01T00:00:00Z', '2014-01-01T00:00:00Z']] as const;

    expect(() => {
      validateCollection({ ...rest, license: '' });
    }).toThrow(/^Collection 'c' cannot be posted: license: .*the ingestor requires item_assets$/);
    expect(() => {
      validateCollection({
        ...collection,
        extent: { ...collection.extent, temporal: { interval } },
      });
    }).toThrow(
      'extent.temporal.interval: starts at 2015-01-01T00:00:00Z, after its end at 2014-01-01T00:00:00Z',
    );
  });

  test.each([
    ['2014-10-03', [['2014-10-03', null]]],
    ['now', [['2014-10-03T00:00:00Z', 'now']]],
  ] as const)('must not have %s in its interval', (value, interval) => {
    expect(() => {
      validateCollection({
        ...collection,
        extent: { ...collection.extent, temporal: { interval } },
      });
    }).toThrow(
      `STAC: extent.temporal.interval: '${value}' is not an RFC 3339 date-time with a zone`,
    );
  });

  test('with an invalid shape is an error that names missing fields and values that cannot be written as JSON', () => {
    expect(() => {
      validateCollection(without(collection, 'extent'));
    }).toThrow(/^Collection 'c' is not valid STAC: extent: is missing /);
    expect(() => {
      validateCollection({ ...collection, summaries: { gsd: [NaN] } });
    }).toThrow('STAC: summaries.gsd.0: NaN cannot be written as JSON');
  });

  test.each<[string | null, string | null]>([
    ['2014-01-01T00:00:00Z', '2014-01-01T00:00:00Z'],
    [null, '2014-01-01T00:00:00Z'],
    [null, null],
  ])('may start at %p and end at %p', (...interval) => {
    expect(() => {
      validateCollection({
        ...collection,
        extent: { ...collection.extent, temporal: { interval: [interval] } },
      });
    }).not.toThrow();
  });
});

testWithShared(
  'data/stac-schemas',
  'these checks agree with the published JSON schemas on real Items and damaged copies of them',
  () => {
    const schemas = new Map([SAR, SAT, EO, PROJ].map((url) => [url, extensionSchema(url)]));
    const folder = 'data/sentinel1/expected-items';
    for (const file of readdirSync(sharedPath(folder))) {
      const real = sharedJson(`${folder}/${file}`) as Item;
      for (const candidate of [real, ...damagedCopies(real)]) {
        const bySchema = [...schemas.values()].every((validate) => validate(candidate));
        expect({ file, valid: faultsOf(candidate).length === 0 }).toEqual({
          file,
          valid: bySchema,
        });
      }
    }
  },
);

/** Makes a copy for each extension field, with a value that no field allows. */
function damagedCopies(real: Item): Item[] {
  return Object.keys(real.properties)
    .filter((name) => /^(sar|sat|proj):/.test(name) && name !== 'proj:projjson')
    .map((name) => ({ ...real, properties: { ...real.properties, [name]: { wrong: true } } }));
}
