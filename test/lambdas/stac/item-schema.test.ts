import { describe, expect, test } from '@jest/globals';
import { CollectionSchema, ItemSchema } from '../../../lambdas/stac/item-schema.js';
import { schemaFaults } from '../../../lambdas/stac/schema-faults.js';
import { exampleCollection } from '../../support/collection.js';
import { exampleItem } from '../../support/granule.js';

const item = { ...exampleItem('a'), collection: 'example' };
const collection = exampleCollection('c');

function itemFaults(fields: Record<string, unknown>): string[] {
  return schemaFaults(ItemSchema, { ...item, ...fields });
}

/** Returns the paths of the faults. */
function places(faults: readonly string[]): string[] {
  return faults.map((fault) => fault.split(':')[0] ?? '');
}

const [a, b, c] = [
  [0, 0],
  [1, 0],
  [1, 1],
] as const;
const ring = [a, b, c, a];

describe('a geometry', () => {
  test.each([
    ['Point', [11, 48]],
    ['Point', [11, 48, 500]],
    ['MultiPoint', [a, b]],
    ['LineString', [a, b]],
    [
      'MultiLineString',
      [
        [a, b],
        [b, c],
      ],
    ],
    ['Polygon', [ring]],
    ['MultiPolygon', [[ring]]],
  ])('%s with the coordinates %j is valid, also with other members', (type, coordinates) => {
    expect(itemFaults({ geometry: { type, coordinates, crs: 'x' } })).toEqual([]);
  });

  test.each([
    ['Point', [11], 'geometry.coordinates.1'],
    ['Point', [11, 48, 'high'], 'geometry.coordinates.2'],
    ['MultiPoint', [[11, 91]], 'geometry.coordinates.0.1'],
    ['LineString', [a], 'geometry.coordinates'],
    ['MultiLineString', [[a]], 'geometry.coordinates.0'],
    ['Polygon', [], 'geometry.coordinates'],
    ['MultiPolygon', [], 'geometry.coordinates'],
    ['MultiPolygon', [[[a, b, c]]], 'geometry.coordinates.0.0'],
    ['GeometryCollection', [], 'geometry.type'],
  ])('%s with the coordinates %j is not valid', (type, coordinates, place) => {
    expect([...new Set(places(itemFaults({ geometry: { type, coordinates } })))]).toEqual([place]);
  });

  test.each([
    ['another position', [a, b, c, b]],
    ['a position with another height', [[...a, 5], b, c, [...a, 6]]],
    ['a position with a height that the first does not have', [a, b, c, [...a, 5]]],
  ])('whose ring ends in %s is not closed', (_name, open) => {
    const geometry = { type: 'Polygon', coordinates: [open] };

    expect(itemFaults({ geometry })).toEqual([
      expect.stringMatching(
        /^geometry\.coordinates\.0: is not closed: its first and last position differ \(given /,
      ),
    ]);
  });

  test('with an empty ring has too few positions', () => {
    const faults = itemFaults({ geometry: { type: 'Polygon', coordinates: [[]] } });

    expect(places(faults)).toContain('geometry.coordinates.0');
  });
});

describe('a bbox', () => {
  test.each([[[1, 2, 3, 4]], [[1, 2, -500, 3, 4, 8_000]]])('may be %j', (bbox) => {
    expect(itemFaults({ bbox })).toEqual([]);
  });

  test.each([
    [[1, 2, 3]],
    [[1, 2, 3, 4, 5]],
    [[181, 2, 3, 4]],
    [[1, 91, 3, 4]],
    [[1, 2, -181, 4]],
    [[1, 2, 3, -91]],
    [[1, 2, 0, 181, 4, 0]],
    [[]],
  ])('is not %j', (bbox) => {
    expect(itemFaults({ bbox })).not.toEqual([]);
  });
});

describe('an Item', () => {
  test.each<[string, Record<string, unknown>]>([
    ['type', { type: 'Collection' }],
    ['stac_version', { stac_version: '0.9.0' }],
    ['id', { id: '' }],
    ['collection', { collection: '' }],
    ['links.0.rel', { links: [{ rel: '', href: 'x' }] }],
    ['links.0.href', { links: [{ rel: 'self', href: '' }] }],
    ['links.0.type', { links: [{ rel: 'self', href: 'x', type: 1 }] }],
    ['links.0.title', { links: [{ rel: 'self', href: 'x', title: 1 }] }],
    ['assets.x.href', { assets: { x: { href: '' } } }],
    ['assets.x.type', { assets: { x: { href: '/x', type: 1 } } }],
    ['assets.x.title', { assets: { x: { href: '/x', title: 1 } } }],
    ['assets.x.description', { assets: { x: { href: '/x', description: 1 } } }],
    ['assets.x.roles', { assets: { x: { href: '/x', roles: 'data' } } }],
    ['stac_extensions.0', { stac_extensions: ['no url'] }],
  ])('with a wrong %s has a fault there', (place, fields) => {
    expect(places(itemFaults(fields))).toEqual([place]);
  });

  test.each<[string, unknown]>([
    ['datetime', 1],
    ['start_datetime', 1],
    ['end_datetime', 1],
    ['created', 1],
    ['updated', 1],
    ['title', 1],
    ['description', ''],
    ['license', 1],
    ['platform', 1],
    ['constellation', 1],
    ['mission', 1],
    ['instruments', 'msi'],
    ['gsd', 0],
    ['providers', 'ESA'],
  ])('with the property %s = %j has a fault there', (name, value) => {
    const properties = { ...item.properties, [name]: value };

    expect(places(itemFaults({ properties }))).toEqual([`properties.${name}`]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['name', { name: '' }],
    ['description', { name: 'ESA', description: 1 }],
    ['roles.0', { name: 'ESA', roles: ['owner'] }],
    ['url', { name: 'ESA', url: 'no url' }],
  ])('with a wrong %s of a provider has a fault there', (place, provider) => {
    const properties = { ...item.properties, providers: [provider] };

    expect(places(itemFaults({ properties }))).toEqual([`properties.providers.0.${place}`]);
  });

  test('may have every field of the specification and others', () => {
    const provider = {
      name: 'ESA',
      description: 'd',
      url: 'https://esa.int',
      'x:more': 1,
      roles: ['licensor', 'producer', 'processor', 'host'],
    };
    const properties = { ...item.properties, providers: [provider], gsd: 10, 'x:more': 1 };
    const links = [{ rel: 'self', href: 'x', type: 't', title: 't', 'x:more': 1 }];
    const asset = { href: '/x', type: 't', title: 't', description: 'd', roles: ['data'], more: 1 };

    expect(itemFaults({ properties, links, assets: { asset }, 'x:more': 1 })).toEqual([]);
  });
});

describe('a Collection', () => {
  const faultsOf = (fields: Record<string, unknown>) =>
    schemaFaults(CollectionSchema, { ...collection, ...fields });

  test('may have every field of the specification and others', () => {
    const fields = {
      title: 't',
      keywords: ['k'],
      summaries: { gsd: [10] },
      'x:more': 1,
      providers: [{ name: 'ESA' }],
      stac_extensions: ['https://x/schema.json'],
      item_assets: { data: { title: 't', roles: ['data'], 'x:more': 1 } },
    };

    expect(faultsOf({})).toEqual([]);
    expect(faultsOf(fields)).toEqual([]);
  });

  const { spatial, temporal } = collection.extent;

  test.each<[string, Record<string, unknown>]>([
    ['type', { type: 'Feature' }],
    ['stac_version', { stac_version: '0.9.0' }],
    ['id', { id: '' }],
    ['description', { description: '' }],
    ['license', { license: '' }],
    ['links.0.rel', { links: [{ href: 'x' }] }],
    ['title', { title: 1 }],
    ['keywords', { keywords: 'k' }],
    ['providers.0.name', { providers: [{}] }],
    ['stac_extensions.0', { stac_extensions: ['no url'] }],
    ['summaries', { summaries: [] }],
    ['item_assets', { item_assets: [] }],
    ['item_assets.data.roles', { item_assets: { data: { roles: 'data' } } }],
    ['extent', { extent: undefined }],
    ['extent.spatial', { extent: { temporal } }],
    ['extent.temporal', { extent: { spatial } }],
    ['extent.spatial.bbox', { extent: { temporal, spatial: { bbox: [] } } }],
    ['extent.spatial.bbox.0', { extent: { temporal, spatial: { bbox: [[1, 2]] } } }],
    ['extent.temporal.interval', { extent: { spatial, temporal: { interval: [] } } }],
    ['extent.temporal.interval.0.1', { extent: { spatial, temporal: { interval: [[null, 1]] } } }],
    ['extent.temporal.interval.0.0', { extent: { spatial, temporal: { interval: [[1, null]] } } }],
  ])('with a wrong %s has a fault there', (place, fields) => {
    expect([...new Set(places(faultsOf(fields)))]).toEqual([place]);
  });
});
