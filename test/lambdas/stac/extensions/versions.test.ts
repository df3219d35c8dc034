import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { STAC_EXTENSIONS } from '../../../../lambdas/stac/extensions/registry.js';
import type { Collection, Item } from '../../../../lambdas/stac/stac.js';
import { exampleCollection } from '../../../support/collection.js';
import { exampleItem } from '../../../support/granule.js';
import { sharedJson, sharedPath, testWithShared } from '../../../support/shared-data.js';
import { faultsOf } from '../../../support/stac-faults.js';
import { EXTENSION_SCHEMAS, extensionSchema } from '../../../support/stac-schemas.js';

type Fields = Readonly<Record<string, unknown>>;

function url(version: string): string {
  return `https://stac-extensions.github.io/${version.replace(' ', '/v')}/schema.json`;
}

interface Parts {
  readonly properties?: Fields;
  readonly asset?: Fields;
  readonly links?: readonly Fields[];
}

function itemWith(version: string, { properties, asset, links = [] }: Parts): Item {
  return {
    ...exampleItem('a'),
    collection: 'example',
    properties: { datetime: '2022-11-30T01:43:42Z', ...properties },
    assets: { data: { href: 's3://b/data.tif', ...asset } },
    links: links.map((fields) => ({ rel: 'about', href: 'https://a.de', ...fields })),
    stac_extensions: [url(version)],
  };
}

function faultsIn(version: string, parts: Parts): readonly string[] {
  return faultsOf(itemWith(version, parts));
}

function faultsInCollection(version: string, fields: Fields): readonly string[] {
  return faultsOf(exampleCollection('c', { stac_extensions: [url(version)], ...fields }));
}

test('[N10] these versions of extensions are checked, and docs/pipelines.md lists them', () => {
  const checked: Record<string, string[]> = {};
  for (const { name, version } of STAC_EXTENSIONS.values()) (checked[name] ??= []).push(version);

  expect(checked).toEqual({
    sar: ['1.0.0', '1.1.0', '1.2.0', '1.3.1', '1.3.2'],
    sat: ['1.0.0', '1.1.0', '1.2.0'],
    eo: ['1.0.0', '1.1.0', '2.0.0'],
    projection: ['1.0.0', '1.1.0', '1.2.0', '2.0.0'],
    raster: ['1.0.0', '1.1.0', '2.0.0'],
    view: ['1.0.0', '1.1.0'],
    file: ['2.0.0', '2.1.0'],
    datacube: ['2.0.0', '2.1.0', '2.2.0', '2.3.0'],
    processing: ['1.0.0', '1.1.0', '1.2.0'],
    grid: ['1.0.0', '1.1.0'],
    mgrs: ['1.0.0'],
    'item-assets': ['1.0.0'],
  });
  const page = readFileSync(new URL('../../../../docs/pipelines.md', import.meta.url), 'utf8');
  for (const [name, versions] of Object.entries(checked))
    expect(page).toContain(`| ${name} | ${versions.join(', ')} |`);
});

const CUBE = {
  x: { type: 'spatial', axis: 'x', extent: [0, 1], step: null, reference_system: 4326 },
  z: { type: 'spatial', axis: 'z', values: [0, 10], unit: 'm' },
  time: { type: 'temporal', extent: ['2022-01-01T00:00:00Z', null], step: 'P1D' },
  hour: { type: 'temporal', values: [0, 6] },
  bands: { type: 'bands', values: ['red', 'nir'] },
};
const RASTER_BAND = {
  data_type: 'int16',
  nodata: 'nan',
  sampling: 'area',
  statistics: { mean: 1 },
  histogram: { count: 3, min: 0, max: 1, buckets: [1, 2, 3] },
};
const SAR = { 'sar:frequency_band': 'C', 'sar:polarizations': ['VV'] };

describe('valid in its version is', () => {
  test.each<[string, Parts]>([
    ['projection 1.0.0', { properties: { 'proj:epsg': null } }],
    ['projection 1.1.0', { properties: { 'proj:epsg': null, 'proj:wkt2': null } }],
    ['projection 1.2.0', { properties: { 'proj:epsg': 4326, 'proj:code': 'EPSG:4326' } }],
    ['projection 2.0.0', { properties: { 'proj:code': 'IAU_2015:30100' } }],
    ['projection 2.0.0', { asset: { 'proj:code': null, 'proj:shape': [1, 2] } }],
    ['projection 2.0.0', { asset: { 'proj:code': 'OGC:CRS84' } }],
    ['raster 1.0.0', { asset: { 'raster:bands': [{ data_type: 'uint8' }] } }],
    ['raster 1.1.0', { asset: { 'raster:bands': [RASTER_BAND] } }],
    ['raster 2.0.0', { properties: { 'raster:sampling': 'point' } }],
    ['raster 2.0.0', { asset: { bands: [{ 'raster:scale': 0.1, 'raster:offset': -1 }] } }],
    ['eo 1.0.0', { properties: { 'eo:cloud_cover': 0 } }],
    ['eo 2.0.0', { asset: { 'eo:common_name': 'rededge071' } }],
    ['eo 2.0.0', { asset: { bands: [{ name: 'B04' }, { 'eo:center_wavelength': 0.665 }] } }],
    ['sar 1.1.0', { properties: { ...SAR, 'sar:instrument_mode': 'IW', 'sar:beam_ids': ['a'] } }],
    ['sar 1.2.0', { properties: { ...SAR, 'sar:polarizations': ['RH', 'RV'] } }],
    ['sar 1.3.2', { properties: { 'sar:bandwidth': 0.1 } }],
    ['sat 1.1.0', { properties: { 'sat:orbit_cycle': 12 } }],
    ['sat 1.2.0', { properties: { 'sat:orbit_state': 'crossing' } }],
    ['view 1.0.0', { properties: { 'view:sun_elevation': -90 } }],
    ['view 1.1.0', { asset: { 'view:moon_elevation': 90 } }],
    ['file 2.0.0', { asset: { 'file:size': 0, 'file:checksum': '1220ab' } }],
    ['file 2.1.0', { asset: { 'file:local_path': 'a/b c.tif' }, links: [{ 'file:size': 1 }] }],
    ['datacube 2.0.0', { properties: { 'cube:dimensions': {} } }],
    ['datacube 2.1.0', { asset: { 'cube:dimensions': CUBE } }],
    [
      'datacube 2.2.0',
      {
        properties: {
          'cube:dimensions': { ...CUBE, at: { type: 'geometry', bbox: [0, 0, 1, 1] } },
          'cube:variables': { sst: { dimensions: ['x', 'time'], unit: 'K' } },
        },
      },
    ],
    ['processing 1.0.0', { properties: { 'processing:software': { IPF: '002.71' } } }],
    [
      'processing 1.1.0',
      { properties: { 'processing:expression': { format: 'gdal-calc', expression: 'A' } } },
    ],
    ['processing 1.2.0', { properties: { 'processing:datetime': '2022-01-01T00:00:00Z' } }],
    ['mgrs 1.0.0', { properties: { 'mgrs:latitude_band': 'N', 'mgrs:grid_square': 'KA' } }],
    ['grid 1.0.0', { properties: { 'grid:code': 'MGRS-35NKA' } }],
    ['grid 1.1.0', { properties: { 'grid:code': 'WRS2-097073' } }],
  ])('[N10] %s with %j', (version, parts) => {
    expect(faultsIn(version, parts)).toEqual([]);
  });
});

describe('a fault in its version is', () => {
  test.each<[string, Parts, string]>([
    ['projection 1.0.0', {}, 'properties.proj:epsg: is missing'],
    [
      'projection 1.1.0',
      { properties: { 'proj:code': 'EPSG:1' } },
      'properties.proj:code: is not a field of the projection extension 1.1.0, but of 1.2.0, 2.0.0',
    ],
    ['projection 1.1.0', { properties: { 'proj:bbox': null } }, 'properties.proj:bbox: '],
    ['projection 2.0.0', { asset: { 'proj:shape': [1.5, 2] } }, 'assets.data.proj:shape: 0: '],
    ['raster 1.1.0', { asset: { 'raster:bands': [{ nodata: 'none' }] } }, 'assets.data.raster:'],
    ['raster 1.1.0', { asset: { 'raster:bands': [{ data_type: 'int' }] } }, 'assets.data.raster:'],
    ['raster 1.1.0', { asset: { 'raster:bands': [] } }, 'assets.data.raster:bands: '],
    ['raster 1.1.0', { asset: { 'raster:scale': 1 } }, 'assets.data.raster:scale: is not a field'],
    [
      'raster 1.1.0',
      { asset: { 'raster:bands': [{ histogram: { count: 1, min: 0, max: 1 } }] } },
      'assets.data.raster:bands: 0.histogram.buckets: is missing',
    ],
    [
      'raster 2.0.0',
      { asset: { 'raster:bands': [RASTER_BAND], 'raster:scale': 1 } },
      'assets.data.raster:bands: is not a field of the raster extension 2.0.0: use bands',
    ],
    ['raster 2.0.0', {}, 'properties or assets or bands: must have at least one of raster:bits'],
    [
      'eo 1.0.0',
      { properties: { 'eo:snow_cover': 1 } },
      'properties.eo:snow_cover: is not a field of the eo extension 1.0.0, but of 1.1.0, 2.0.0',
    ],
    [
      'eo 2.0.0',
      { asset: { bands: [{ 'eo:common_name': 'purple' }] } },
      'assets.data.bands.0.eo:common_name: ',
    ],
    [
      'eo 2.0.0',
      { asset: { 'eo:bands': [{ name: 'B1' }], 'eo:common_name': 'red' } },
      'assets.data.eo:bands: is not a field of the eo extension 2.0.0: use bands',
    ],
    ['sar 1.2.0', { properties: SAR, asset: { 'sar:beam_ids': 'a' } }, 'assets.data.sar:beam_ids'],
    ['sar 1.3.2', { properties: { 'sar:bandwidth': 0 } }, 'properties.sar:bandwidth: '],
    ['sat 1.1.0', {}, 'properties: must have at least one of sat:platform'],
    ['view 1.0.0', { properties: { 'view:azimuth': 361 } }, 'properties.view:azimuth: '],
    ['view 1.0.0', {}, 'properties: must have at least one of view:off_nadir'],
    ['view 1.1.0', {}, 'properties or assets: must have at least one of view:off_nadir'],
    ['file 2.1.0', { asset: { 'file:checksum': 'XYZ' } }, 'assets.data.file:checksum: '],
    ['file 2.1.0', { links: [{ 'file:size': -1 }] }, 'links.0.file:size: '],
    ['file 2.0.0', { asset: { 'file:local_path': 'a' } }, 'assets.data.file:local_path: is not'],
    ['datacube 2.0.0', {}, 'properties.cube:dimensions: is missing'],
    ['datacube 2.2.0', {}, 'cube:dimensions: is missing in the properties or assets'],
    [
      'datacube 2.2.0',
      { properties: { 'cube:dimensions': { x: { type: 'spatial', axis: 'x', values: [1] } } } },
      'properties.cube:dimensions: x.extent: is missing',
    ],
    [
      'datacube 2.2.0',
      { properties: { 'cube:dimensions': { x: { type: 'spatial', extent: [0, 1] } } } },
      'properties.cube:dimensions: x.axis: is missing',
    ],
    [
      'datacube 2.2.0',
      { properties: { 'cube:dimensions': { t: { type: 'temporal' } } } },
      'properties.cube:dimensions: t: needs an extent or values',
    ],
    [
      'datacube 2.2.0',
      { properties: { 'cube:dimensions': {}, 'cube:variables': { sst: {} } } },
      'properties.cube:variables: sst.dimensions: is missing',
    ],
    ['processing 1.1.0', {}, 'properties: must have at least one of processing:lineage'],
    [
      'processing 1.2.0',
      { properties: { 'processing:datetime': '2022-01-01T00:00:00+02:00' } },
      'properties.processing:datetime: is not in UTC',
    ],
    ['mgrs 1.0.0', { properties: { 'mgrs:latitude_band': 'N' } }, 'properties.mgrs:grid_square'],
    ['grid 1.0.0', { properties: { 'grid:code': 'WRS2-097073' } }, 'properties.grid:code: is not'],
    ['grid 1.1.0', { properties: { 'grid:code': '35NKA' } }, 'properties.grid:code: is not a grid'],
  ])('[N10] %s with %j: %s', (version, parts, fault) => {
    const found = faultsIn(version, parts);

    expect(found).toEqual([expect.stringContaining(fault)]);
    expect(found[0]?.startsWith(fault)).toBe(true);
  });
});

describe('of the projection extension', () => {
  test('[N35] proj:epsg in version 2.0.0 is refused with the advice to use proj:code', () => {
    expect(faultsIn('projection 2.0.0', { properties: { 'proj:epsg': 4326 } })).toEqual([
      'properties.proj:epsg: is not a field of the projection extension 2.0.0: use proj:code, such as "EPSG:32633"',
    ]);
    expect(faultsIn('projection 2.0.0', { asset: { 'proj:epsg': null } })).toHaveLength(1);
  });

  test.each([
    'EPSG:None',
    'EPSG:',
    'EPSG:null',
    'epsg:nan',
    'EPSG:32633.0',
    'None',
    '4326',
    '',
    ' ',
  ])('[N35] the code %j is refused in every version that has it', (code) => {
    for (const version of ['projection 1.2.0', 'projection 2.0.0']) {
      expect(faultsIn(version, { properties: { 'proj:code': code } })).toEqual([
        `properties.proj:code: is not an authority and a code, such as "EPSG:32633"; without one, use null (given ${JSON.stringify(code)})`,
      ]);
    }
  });

  test('[N35] proj:epsg and proj:code may be null, but not fields that their version does not let be null', () => {
    for (const version of ['1.0.0', '1.1.0', '1.2.0'])
      expect(faultsIn(`projection ${version}`, { properties: { 'proj:epsg': null } })).toEqual([]);
    const nothing = { 'proj:code': null, 'proj:wkt2': null, 'proj:projjson': null };
    expect(faultsIn('projection 2.0.0', { properties: nothing })).toEqual([]);
    for (const name of ['proj:geometry', 'proj:bbox', 'proj:centroid', 'proj:shape'])
      expect(faultsIn('projection 2.0.0', { properties: { [name]: null } })).toHaveLength(1);
  });
});

describe('a Collection', () => {
  test('[N10] is checked in its assets, item_assets, their bands and its own fields', () => {
    const assets = { data: { href: 's3://b/x', 'proj:shape': [1] } };
    const templates = { data: { title: 't', 'proj:epsg': 'x' } };

    expect(
      faultsInCollection('projection 1.1.0', { assets, item_assets: templates }).map(placeOf),
    ).toEqual(['assets.data.proj:shape', 'item_assets.data.proj:epsg']);
    expect(
      faultsInCollection('eo 2.0.0', {
        item_assets: { a: { bands: [{ 'eo:common_name': 1 }] } },
      }).map(placeOf),
    ).toEqual(['item_assets.a.bands.0.eo:common_name']);
    expect(faultsInCollection('datacube 2.2.0', { 'cube:dimensions': CUBE })).toEqual([]);
    expect(faultsInCollection('datacube 2.2.0', { 'cube:variables': {} })).toEqual([
      'cube:dimensions: is missing',
    ]);
  });

  test.each(['eo 2.0.0', 'raster 2.0.0', 'view 1.1.0', 'datacube 2.2.0', 'processing 1.1.0'])(
    '[N10] that declares %s needs one of its fields',
    (version) => {
      expect(faultsInCollection(version, {})).toEqual([
        expect.stringMatching(/^stac_extensions: declares .* but has none of /),
      ]);
    },
  );

  test('[N10] may have the field in its summaries or providers', () => {
    const providers = [{ name: 'ESA', roles: ['producer'], 'processing:level': 'L1' }];

    expect(faultsInCollection('view 1.1.0', { summaries: { 'view:azimuth': [1] } })).toEqual([]);
    expect(faultsInCollection('processing 1.1.0', { providers })).toEqual([]);
  });
});

function placeOf(fault: string): string {
  return fault.replace(/^(\S+): .*/, '$1');
}

/** Enough of each extension to be valid. */
const MINIMAL: Readonly<Record<string, Fields>> = {
  'sar 1.0.0': { ...SAR, 'sar:instrument_mode': 'IW', 'sar:product_type': 'GRD' },
  'sat 1.0.0': { 'sat:orbit_state': 'ascending' },
  'eo 1.1.0': {},
  'projection 1.1.0': {},
};

const POOL: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    1,
    -1,
    1.5,
    91,
    101,
    '',
    'x',
    'C',
    'left',
    'ascending',
    '2022-01-01T00:00:00Z',
  ],
  ...[[], ['VV'], ['VV', 'VV'], ['XX'], [1], [1, 2], [1, 2.5], [1, 2, 3, 4], [1, 2, 3, 4, 5, 6]],
  ...[{}, { lat: 1, lon: 2 }, { lat: 91, lon: 2 }, [{}], [{ name: 'B1' }], [{ common_name: 'x' }]],
];

/** The schemas of these fields refer to other sites. */
const REMOTE = ['proj:projjson', 'proj:geometry'];

describe('each field of', () => {
  for (const [version, minimal] of Object.entries(MINIMAL)) {
    testWithShared(
      EXTENSION_SCHEMAS,
      `[N10] ${version} takes the values that its published schema takes, in properties and assets`,
      () => {
        const validate = extensionSchema(url(version));
        const names = Object.keys(STAC_EXTENSIONS.get(url(version))?.fields ?? {});
        for (const name of names.filter((field) => !REMOTE.includes(field))) {
          for (const value of POOL) {
            for (const parts of partsWith(minimal, { [name]: value })) {
              const found = faultsIn(version, parts);
              const bySchema = validate(itemWith(version, parts));
              expect({ name, value, valid: found.length === 0 }).toEqual({
                name,
                value,
                valid: bySchema,
              });
            }
          }
        }
      },
    );
  }
});

/** A field in the properties and in an asset; polarizations may repeat in assets, which is checked more strictly here. */
function partsWith(minimal: Fields, field: Fields): Parts[] {
  const inProperties = { properties: { ...minimal, ...field } };
  const inAsset = { properties: minimal, asset: field };
  return 'sar:polarizations' in field ? [inProperties] : [inProperties, inAsset];
}

for (const folder of ['cop_dem', 'noaa_hrrr', 'noaa_oisst', 'amazonia_1']) {
  testWithShared(
    `data/${folder}`,
    `[N10] published Items and Collections in ${folder} are valid once their hrefs are absolute`,
    () => {
      const names = readdirSync(sharedPath(`data/${folder}`)).filter((name) =>
        name.endsWith('.json'),
      );
      for (const name of names) {
        const published = withAbsoluteHrefs(sharedJson(`data/${folder}/${name}`));
        const found = faultsOf(
          published.type === 'Feature' ? { ...published, collection: 'c' } : published,
        );
        // The bbox of a scene of Amazonia-1 is of another grid than its geometry.
        const others = found.filter((fault) => !fault.startsWith('bbox: '));
        expect({ name, others }).toEqual({ name, others: [] });
      }
    },
  );
}

function withAbsoluteHrefs(published: unknown): Item | Collection {
  const text = JSON.stringify(published, (key, value: unknown) =>
    key === 'href' && typeof value === 'string' && value.startsWith('.')
      ? `https://example.com/${value.replace(/^[./]+/, '')}`
      : value,
  );
  return JSON.parse(text) as Item | Collection;
}
