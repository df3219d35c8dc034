import { describe, expect, test } from '@jest/globals';
import type { Ring } from '../../lambdas/stac/stac.js';
import { makeItem } from '../../lambdas/granule/items.js';
import type { Item } from '../../lambdas/stac/stac.js';
import {
  hrefOf,
  replace,
  testGranule,
  type Edit,
  type GranuleName,
} from '../../test/support/sentinel1/granule.js';
import { COLLECTION_ID } from './constants.js';
import { createCollection } from './create-collection.js';
import { createItem } from './item.js';

/** The intended differences between our Items and those of the reference, one by one. */

function item(name: GranuleName, manifest?: Edit): Promise<Item> {
  return createItem(testGranule(name, manifest && { 'manifest.safe': manifest }));
}

function hrefs({ assets }: Item): Record<string, string> {
  const { href = '' } = assets['safe-manifest'] ?? {};
  const granule = href.slice(0, -'manifest.safe'.length);
  return Object.fromEntries(
    Object.entries(assets).map(([key, asset]) => [key, asset.href.slice(granule.length)]),
  );
}

function ring(coordinates: string): Edit {
  return replace(/<gml:coordinates>[^<]*/, `<gml:coordinates>${coordinates}`);
}

function signedArea(points: Ring): number {
  return points.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length] ?? [x, y];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

describe('1: schema-product-<pol> is the product annotation, and RFI files have their own keys', () => {
  test('RFI files come after the product annotations, as schema-rfi-<pol>', async () => {
    const files = hrefs(await item('ordinary'));

    expect(Object.keys(files).slice(1, 5)).toEqual([
      'schema-product-vh',
      'schema-product-vv',
      'schema-rfi-vh',
      'schema-rfi-vv',
    ]);
    expect(files).toMatchObject({
      'schema-product-vv': 'annotation/iw-vv.xml',
      'schema-rfi-vv': 'annotation/rfi/rfi-iw-vv.xml',
    });
  });

  test('an RFI asset has its own title', async () => {
    const { assets } = await item('ordinary');

    expect(assets['schema-rfi-vv']?.title).toBe('VV RFI Schema');
  });
});

test('2: shapes are [rows, columns], and the CRS is null, without a transform or bbox', async () => {
  const { properties } = await item('ordinary');

  expect(properties['proj:shape']).toEqual([16694, 26112]);
  expect(properties['s1:shape']).toEqual([16694, 26112]);
  expect(properties['proj:epsg']).toBeNull();
  expect(properties).not.toHaveProperty('proj:transform');
  expect(properties).not.toHaveProperty('proj:bbox');
  expect(properties['proj:centroid']).toEqual({ lat: 48.585, lon: 10.90938 });
});

test('3: [E14] rings are counter-clockwise and closed, and start with the first given point', async () => {
  for (const points of ['10,20 10,21 11,21 11,20', '10,20 11,20 11,21 10,21 10,20']) {
    const { geometry } = await item('ordinary', ring(points));

    if (geometry?.type !== 'Polygon') throw new Error('not a polygon');
    const [exterior = []] = geometry.coordinates;
    expect(exterior).toEqual([
      [20, 10],
      [21, 10],
      [21, 11],
      [20, 11],
      [20, 10],
    ]);
    expect(signedArea(exterior)).toBe(1);
  }
});

describe('4: a footprint across the antimeridian', () => {
  test('[E10] is split into parts within +-180, the one that ends at 180 first', async () => {
    const { geometry, bbox, properties } = await item(
      'ordinary',
      ring('-10,179.2 -10,-179.7 -9,-179.7 -9,179.2'),
    );

    expect(geometry).toEqual({
      type: 'MultiPolygon',
      coordinates: [
        [[[179.2, -10], [180, -10], [180, -9], [179.2, -9], [179.2, -10]]], // prettier-ignore
        [[[-180, -10], [-179.7, -10], [-179.7, -9], [-180, -9], [-180, -10]]], // prettier-ignore
      ],
    });
    expect(bbox).toEqual([179.2, -10, -179.7, -9]);
    expect(properties['proj:centroid']).toEqual({ lat: -9.5, lon: 179.75 });
  });

  test('is not split if it only touches the antimeridian', async () => {
    const { geometry, bbox } = await item('ordinary', ring('0,179 0,180 1,-180 1,179'));

    expect(geometry?.type).toBe('Polygon');
    expect(bbox).toEqual([179, 0, 180, 1]);
  });
});

test('5: the last link is a collection link if the config has the STAC API', async () => {
  const granule = testGranule('ordinary');
  const pipeline = { collectionId: COLLECTION_ID, createItem };
  const stacApiUrl = 'https://stac.example.com/';

  const { links } = await makeItem(pipeline, granule, { ...granule, stacApiUrl });

  expect(links.map(({ rel }) => rel)).toEqual(['license', 'about', 'collection']);
  expect(links[2]).toEqual({
    rel: 'collection',
    href: 'https://stac.example.com/collections/sentinel1-grd',
    type: 'application/json',
  });
});

describe('6: future satellites, and every value of an Item', () => {
  test.each(['c', 'd', 'z'])('sentinel-1%s is accepted', async (letter) => {
    const edit = (text: string) =>
      text
        .replace('<safe:number>A', `<safe:number>${letter.toUpperCase()}`)
        .replace(/s1a-iw/g, `s1${letter}-iw`);
    const names = (text: string) => text.replace(/s1a-iw/g, `s1${letter}-iw`);
    const granule = testGranule('ordinary', { 'manifest.safe': edit, 'productInfo.json': names });

    const { properties, assets } = await createItem(granule);

    expect(properties['platform']).toBe(`sentinel-1${letter}`);
    expect(assets).toHaveProperty('schema-product-vv');
  });

  test("the Collection's summaries list sentinel-1a to -1d, ENL 2.7 and WV", () => {
    expect(createCollection().summaries).toMatchObject({
      platform: ['sentinel-1a', 'sentinel-1b', 'sentinel-1c', 'sentinel-1d'],
      'sar:looks_equivalent_number': [3.7, 29.7, 398.4, 4.4, 81.8, 2.7, 10.7, 123.7],
      'sar:instrument_mode': ['IW', 'EW', 'SM', 'WV'],
    });
  });
});

test('7: _COG is removed from a product id before the item id is made', async () => {
  const href = `${hrefOf('safe').replace('.SAFE', '')}_COG.SAFE`;

  const { id } = await createItem(testGranule('safe', {}, href));

  expect(id).toBe('S1A_IW_GRDH_1SDH_20210118T084955_20210118T085020_036195_043EB6');
});

// 8 is in tolerated.test.ts.

describe('9: an error instead of a silently wrong value', () => {
  test.each([
    ['safe:familyName', /<safe:familyName>SENTINEL-1<\/safe:familyName>/],
    ['safe:number', /<safe:number>A<\/safe:number>/],
    ['s1sarl1:mode', /<s1sarl1:mode>.*<\/s1sarl1:mode>/],
    ['gml:coordinates', /<gml:coordinates>.*<\/gml:coordinates>/],
    ['safe:startTime', /<safe:startTime>.*<\/safe:startTime>/],
    ['safe:stopTime', /<safe:stopTime>.*<\/safe:stopTime>/],
  ])('a missing %s is an error with the element and the file', async (element, pattern) => {
    const href = `${hrefOf('ordinary')}/manifest.safe`;

    await expect(item('ordinary', replace(pattern, ''))).rejects.toMatchObject({
      name: 'GranuleError',
      message: `${href}: <${element}> is missing`,
      fault: { href, element },
    });
  });

  test.each(['numberOfLines', 'numberOfSamples'])('so is a missing %s', async (element) => {
    const href = `${hrefOf('ordinary')}/annotation/iw-vh.xml`;
    const pattern = new RegExp(`<${element}>.*</${element}>`);
    const granule = testGranule('ordinary', { 'annotation/iw-vh.xml': replace(pattern, '') });

    await expect(createItem(granule)).rejects.toMatchObject({ fault: { href, element } });
  });
});

test('10: an RFI asset has the type and role of metadata, and item_assets has it after the product schemas', async () => {
  const { assets } = await item('ordinary');
  const keys = Object.keys(createCollection().item_assets ?? {});

  expect(assets['schema-rfi-vh']).toMatchObject({ type: 'application/xml', roles: ['metadata'] });
  expect(keys.slice(keys.indexOf('schema-product-vv') + 1, keys.indexOf('safe-manifest'))).toEqual([
    'schema-rfi-hh',
    'schema-rfi-hv',
    'schema-rfi-vh',
    'schema-rfi-vv',
  ]);
});
