import { describe, expect, test } from '@jest/globals';
import { sharedJson, testWithShared } from '../../test/support/shared-data.js';
import { GRANULE_NAMES, testGranule } from '../../test/support/sentinel1/granule.js';
import { handler as app } from './app.js';
import { handler } from './collection.js';
import { CHARACTERISTICS } from './constants.js';
import { createCollection } from './create-collection.js';
import { createItem } from './item.js';

type Json = Record<string, unknown>;

const REFERENCE = 'data/sentinel1/reference-collection.json';

test('the handler makes the Collection that the Items belong to', () => {
  expect(handler.createCollection()).toEqual(createCollection());
  expect(app.pipeline.collectionId).toBe(createCollection().id);
});

describe('summaries cover every value', () => {
  const { summaries = {} } = createCollection();

  test('that the Items of our granules have', async () => {
    for (const name of GRANULE_NAMES) {
      const { properties } = await createItem(testGranule(name));
      for (const [field, values] of Object.entries(summaries)) {
        expect({ field, values }).toEqual({
          field,
          values: expect.arrayContaining([properties[field]].flat()),
        });
      }
    }
  });

  test('that a product of any mode and resolution has', () => {
    const all = Object.values(CHARACTERISTICS).flatMap((mode) => Object.values(mode));
    for (const { resolution, spacing, looks, equivalentLooks } of all) {
      expect(summaries['sar:resolution_range']).toContain(resolution[0]);
      expect(summaries['sar:resolution_azimuth']).toContain(resolution[1]);
      expect(summaries['sar:pixel_spacing_range']).toContain(spacing[0]);
      expect(summaries['sar:pixel_spacing_azimuth']).toContain(spacing[1]);
      expect(summaries['sar:looks_range']).toContain(looks[0]);
      expect(summaries['sar:looks_azimuth']).toContain(looks[1]);
      expect(summaries['sar:looks_equivalent_number']).toContain(equivalentLooks);
    }
    expect(summaries['sar:instrument_mode']).toEqual(
      expect.arrayContaining(Object.keys(CHARACTERISTICS)),
    );
  });
});

test('item_assets has every asset of an Item, with its title, type and roles', async () => {
  const { item_assets: templates = {} } = createCollection();
  for (const name of GRANULE_NAMES) {
    const { assets } = await createItem(testGranule(name));
    for (const [key, { title, type, roles }] of Object.entries(assets)) {
      const cog =
        name === 'safe' && key.length === 2 ? `${String(type)}; profile=cloud-optimized` : type;
      expect(templates[key]).toMatchObject({ title, type: cog, roles });
    }
  }
});

test('there are no root and self links, which would point to the folder of the function', () => {
  expect(createCollection().links.map(({ rel }) => rel)).toEqual(['license', 'about']);
});

/** The summaries that differences 6 and 10 change. */
const SUMMARIES = {
  platform: ['sentinel-1a', 'sentinel-1b', 'sentinel-1c', 'sentinel-1d'],
  'sar:looks_range': [2, 3, 5, 6, 13, 22],
  'sar:looks_azimuth': [1, 2, 5, 6, 13, 22],
  'sar:instrument_mode': ['IW', 'EW', 'SM', 'WV'],
  'sar:resolution_range': [9, 20, 23, 50, 52, 84, 88, 93],
  'sar:resolution_azimuth': [9, 22, 23, 50, 51, 84, 87],
  'sar:looks_equivalent_number': [3.7, 29.7, 398.4, 4.4, 81.8, 2.7, 10.7, 123.7],
};

testWithShared(REFERENCE, 'everything else is as in the reference, key for key', () => {
  const reference = sharedJson(REFERENCE) as {
    item_assets: Json;
    summaries: Json;
  };
  const ours = JSON.parse(JSON.stringify(createCollection())) as { item_assets: Json };
  const others = Object.entries(ours.item_assets).filter(([key]) => !key.startsWith('schema-rfi-'));
  const actual = { ...ours, item_assets: Object.fromEntries(others) };
  const expected = { ...reference, summaries: { ...reference.summaries, ...SUMMARIES } };

  expect(withoutDescriptions(actual)).toEqual(withoutDescriptions(expected));
  expect(keys(withoutDescriptions(actual))).toEqual(keys(withoutDescriptions(expected)));
});

function withoutDescriptions(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) =>
    key === 'description' ? undefined : inner,
  );
  return JSON.parse(text);
}

function keys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).map(([key, inner]) => [key, keys(inner)]);
}
