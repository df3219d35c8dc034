import { describe, expect, test } from '@jest/globals';
import { notesOn } from '../../../lambdas/stac/notes.js';
import type { Collection, Item } from '../../../lambdas/stac/stac.js';
import { startFakeIngestor } from '../../kit/fake-ingestor.js';
import { runBatch } from '../../kit/run-batch.js';
import { exampleCollection } from '../../support/collection.js';
import { exampleItem, exampleHandler } from '../../support/granule.js';
import { faultsOf } from '../../support/stac-faults.js';
import { readSource } from '../../kit/read-source.js';

type Fields = Readonly<Record<string, unknown>>;

const TIME = '2022-11-30T01:43:42Z';

function item(version: string, fields: Fields = {}): Item {
  const given = { stac_version: version, collection: 'example', ...fields };
  return exampleItem('a', given as Partial<Item>);
}

function withAsset(version: string, asset: Fields, properties: Fields = {}): Item {
  return item(version, {
    properties: { datetime: TIME, ...properties },
    assets: { data: { href: 's3://b/data.tif', ...asset } },
  });
}

function collection(version: string, fields: Fields = {}): Collection {
  return exampleCollection('c', {
    stac_version: version,
    license: 'CC-BY-4.0',
    item_assets: { data: { title: 'Image', roles: ['data'] } },
    ...fields,
  });
}

describe('the version', () => {
  test.each(['1.0.0', '1.1.0'])('[N14] %s is valid for Items and Collections', (version) => {
    expect(faultsOf(item(version))).toEqual([]);
    expect(faultsOf(collection(version))).toEqual([]);
  });

  test.each(['0.9.0', '1.0.0-rc.1', '1.0', '1.2.0', '2.0.0', ''])(
    '[N14] %j is refused, with the versions that are valid',
    (version) => {
      const fault = `stac_version: expected "1.0.0" or "1.1.0" (given ${JSON.stringify(version)})`;

      expect(faultsOf(item(version))).toEqual([fault]);
      expect(faultsOf(collection(version))).toEqual([fault]);
    },
  );

  test('[N14] 1.1.0 is posted as createItem made it', async () => {
    const ingestor = await startFakeIngestor();
    const made = withAsset('1.1.0', { bands: [{ name: 'B04', data_type: 'uint16', nodata: 0 }] });
    const { handler } = exampleHandler({ createItem: () => Promise.resolve(made) });
    const source = readSource();

    const { dead, failed, warnings } = await runBatch(handler, [{ name: 'a' }], {
      source,
      ingestorUrl: ingestor.url,
    });

    expect({ dead, failed, warnings }).toEqual({ dead: [], failed: [], warnings: [] });
    expect(ingestor.items()).toMatchObject([{ stac_version: '1.1.0', assets: made.assets }]);
    await ingestor.close();
  });
});

describe('common metadata', () => {
  test('[N14] of 1.1.0 may be in the properties, assets, bands, links and the Collection', () => {
    const values = {
      keywords: ['k'],
      roles: ['data'],
      data_type: 'float32',
      nodata: '-inf',
      unit: 'K',
      statistics: { mean: 1, count: 2, valid_percent: 99.5 },
    };
    const bands = [{ name: 'B04', gsd: 10, ...values }];
    const links = [{ rel: 'about', href: 'https://a.de', method: 'POST', headers: { a: ['b'] } }];

    expect(faultsOf(withAsset('1.1.0', { ...values, bands }, { ...values, bands }))).toEqual([]);
    expect(faultsOf(item('1.1.0', { links }))).toEqual([]);
    const templates = { data: { title: 't', bands } };
    expect(faultsOf(collection('1.1.0', { ...values, links, item_assets: templates }))).toEqual([]);
  });

  test.each<[string, Fields, string]>([
    ['data_type', { data_type: 'int' }, 'assets.data.data_type: '],
    ['nodata', { nodata: 'none' }, 'assets.data.nodata: is not a number, nan, inf or -inf'],
    ['statistics', { statistics: {} }, 'assets.data.statistics: is empty'],
    ['statistics', { statistics: { count: -1 } }, 'assets.data.statistics.count: '],
    ['keywords', { keywords: 'k' }, 'assets.data.keywords: '],
    ['unit', { unit: 1 }, 'assets.data.unit: '],
    ['description', { description: '' }, 'assets.data.description: '],
    ['bands', { bands: {} }, 'assets.data.bands: expected array'],
    ['bands', { bands: [{ name: 1 }] }, 'assets.data.bands.0.name: expected string'],
    ['bands', { bands: [{}, { data_type: 7 }] }, 'assets.data.bands.1.data_type: '],
    ['bands', { bands: [{ bands: [{ gsd: 0 }] }] }, 'assets.data.bands.0.bands.0.gsd: Too small'],
  ])('[N14] of 1.1.0 is checked: %s %j', (_name, asset, fault) => {
    expect(faultsOf(withAsset('1.1.0', asset))).toEqual([expect.stringContaining(fault)]);
    // In 1.0.0 these are fields of authors, except that a description is text.
    expect(faultsOf(withAsset('1.0.0', asset))).toEqual([]);
  });

  test.each(['1.0.0', '1.1.0'])('[N14] of %s is checked in assets too', (version) => {
    const asset = { gsd: 0, created: 'noon', providers: [{ name: '' }], start_datetime: TIME };

    expect(faultsOf(withAsset(version, asset)).map((fault) => fault.replace(/: .*/, ''))).toEqual([
      'assets.data.gsd',
      'assets.data.created',
      'assets.data.providers.0.name',
      'assets.data.end_datetime',
    ]);
  });

  test('[N14] fields may be named as the properties of every object', () => {
    const odd = { constructor: 1, toString: 'x', hasOwnProperty: [] };

    for (const version of ['1.0.0', '1.1.0'])
      expect(faultsOf(withAsset(version, { ...odd, bands: [odd] }, odd))).toEqual([]);
  });

  test('[N14] bands are in the properties only if an asset has bands', () => {
    const bands = [{ name: 'B04' }];
    const fault = 'properties.bands: must be left out unless an asset has bands';

    expect(faultsOf(withAsset('1.1.0', {}, { bands }))).toEqual([fault]);
    expect(faultsOf(withAsset('1.1.0', { bands }, { bands }))).toEqual([]);
    expect(faultsOf(withAsset('1.0.0', {}, { bands }))).toEqual([]);
  });

  test('[N14] the method of a link is checked in 1.1.0 only', () => {
    const links = [{ rel: 'search', href: 'https://a.de', method: 'post' }];

    expect(faultsOf(item('1.1.0', { links }))).toEqual([
      'links.0.method: is not an HTTP method, such as POST (given "post")',
    ]);
    expect(faultsOf(item('1.0.0', { links }))).toEqual([]);
  });

  test('[N14] times have to be in UTC, in every version', () => {
    for (const version of ['1.0.0', '1.1.0']) {
      const time = '2022-11-30T03:43:42+02:00';
      const fault = `'${time}' is not in UTC, as STAC requires: end it with Z`;

      expect(faultsOf(item(version, { properties: { datetime: time } }))).toContain(
        `properties.datetime: ${fault}`,
      );
      const extent = {
        spatial: { bbox: [[0, 0, 1, 1]] },
        temporal: { interval: [[time, null]] },
      };
      expect(faultsOf(collection(version, { extent }))).toEqual([
        `extent.temporal.interval: ${fault}`,
      ]);
      expect(
        faultsOf(item(version, { properties: { datetime: '2022-11-30T01:43:42+00:00' } })),
      ).toEqual([]);
    }
  });
});

describe('stac_extensions', () => {
  test('[N14] may be left out, but must not have a value twice', () => {
    const { stac_extensions: given, ...rest } = item('1.1.0');
    const url = 'https://stac-extensions.github.io/eo/v1.1.0/schema.json';

    expect(given).toEqual([]);
    expect(faultsOf(rest)).toEqual([]);
    expect(faultsOf(item('1.0.0', { stac_extensions: [url, url] }))).toEqual([
      expect.stringMatching(/^stac_extensions: has a value twice/),
    ]);
  });

  test('[N14] of projection 2.0.0 lets a 1.1.0 Item have proj:code', () => {
    const url = 'https://stac-extensions.github.io/projection/v2.0.0/schema.json';
    const properties = { datetime: TIME, 'proj:code': 'EPSG:32633' };

    expect(faultsOf(item('1.1.0', { properties, stac_extensions: [url] }))).toEqual([]);
  });
});

describe('a license', () => {
  test.each([
    [
      '1.0.0',
      'other',
      "license: 'other' is not a value of STAC 1.0.0: use an SPDX identifier or 'proprietary' or 'various'",
    ],
    [
      '1.1.0',
      'proprietary',
      "license: 'proprietary' is deprecated in STAC 1.1.0: use an SPDX identifier or 'other'",
    ],
    [
      '1.1.0',
      'various',
      "license: 'various' is deprecated in STAC 1.1.0: use an SPDX identifier or 'other'",
    ],
  ])('[N14] of another version than %s, %s, is valid, with a note', (version, license, note) => {
    const object = collection(version, { license });

    expect(faultsOf(object)).toEqual([]);
    expect(notesOn(object).map(({ message }) => message)).toEqual([note]);
    const ofItem = item(version, { properties: { datetime: TIME, license } });
    expect(notesOn(ofItem).map(({ message }) => message)).toEqual([`properties.${note}`]);
  });

  test.each([
    ['1.0.0', 'proprietary'],
    ['1.0.0', 'various'],
    ['1.1.0', 'other'],
    ['1.1.0', 'CC-BY-4.0'],
    ['1.1.0', 'toString'],
  ])('[N14] of %s, %s, needs no note', (version, license) => {
    expect(notesOn(collection(version, { license }))).toEqual([]);
  });

  test.each(['CC BY 4.0', 'MIT OR Apache-2.0', 'https://a.de/license'])(
    '[N14] must be an identifier, not %j',
    (license) => {
      for (const version of ['1.0.0', '1.1.0']) {
        expect(faultsOf(collection(version, { license }))).toEqual([
          expect.stringMatching(/^license: is not an SPDX identifier, such as CC-BY-4.0/),
        ]);
      }
    },
  );
});

describe('a Collection', () => {
  const ITEM_ASSETS = 'https://stac-extensions.github.io/item-assets/v1.0.0/schema.json';

  test('[N14] of 1.1.0, or with the extension item-assets, has item_assets of at least two fields, without hrefs', () => {
    const templates = { a: { title: 't' }, b: { title: 't', href: 'https://a.de' } };
    const faults = [
      'item_assets.a: needs at least 2 fields (given 1)',
      'item_assets.b.href: must be left out, because Items have the hrefs',
    ];

    expect(faultsOf(collection('1.1.0', { item_assets: templates }))).toEqual(faults);
    const declared = { item_assets: templates, stac_extensions: [ITEM_ASSETS] };
    expect(faultsOf(collection('1.0.0', declared))).toEqual(faults);
    expect(faultsOf(collection('1.0.0', { item_assets: templates }))).toEqual([]);
  });

  test('[N14] of 1.1.0 has the whole extent before at least two parts', () => {
    const boxes = (count: number) => ({
      extent: {
        ...collection('1.1.0').extent,
        spatial: { bbox: Array.from({ length: count }, () => [0, 0, 1, 1]) },
      },
    });

    expect([1, 3].flatMap((count) => faultsOf(collection('1.1.0', boxes(count))))).toEqual([]);
    expect(faultsOf(collection('1.1.0', boxes(2)))).toEqual([
      expect.stringMatching(/^extent\.spatial\.bbox: has 2 boxes/),
    ]);
    expect(faultsOf(collection('1.0.0', boxes(2)))).toEqual([]);
  });

  test.each([
    [[1]],
    [{ minimum: 0, maximum: 1 }],
    [{ minimum: TIME, maximum: TIME }],
    [{ type: 'string' }],
  ])('[N14] may have the summary %j', (summary) => {
    expect(faultsOf(collection('1.0.0', { summaries: { x: summary } }))).toEqual([]);
  });

  test.each([[[]], [{}], ['text'], [1], [null], [{ minimum: TIME }]])(
    '[N14] must not have the summary %j',
    (summary) => {
      expect(faultsOf(collection('1.1.0', { summaries: { x: summary } }))).toEqual([
        expect.stringMatching(/^summaries\.x: is not a set of values, a range/),
      ]);
    },
  );
});
