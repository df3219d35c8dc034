import { expect, test } from '@jest/globals';
import { describeWithShared, sharedJson } from '../../test/support/shared-data.js';
import { PROJECTION_EXTENSION, RASTER_EXTENSION } from './constants.js';
import { createCollection } from './create-collection.js';
import { createItem } from './item.js';

type Json = Readonly<Record<string, unknown>>;

/** Items and Collections from two versions of the reference implementation. */
const DATA = 'data/cop_dem';
const [PINNED, HEAD] = ['pinned-2153ae4', 'head-0.4.1'];

function reference(name: string): Json {
  return sharedJson(`${DATA}/${name}`) as Json;
}

/** The links between the reference's own files, which our Items and Collections do not have. */
const BETWEEN_FILES = ['root', 'collection', 'parent', 'item'];

function comparable(value: unknown, key = ''): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 9);
  if (Array.isArray(value)) {
    const kept = key === 'links' ? value.filter((link: Json) => !isBetweenFiles(link)) : value;
    return kept.map((inner) => comparable(inner));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'description');
  return Object.fromEntries(entries.map(([name, inner]) => [name, comparable(inner, name)]));
}

/**
 * The one intended difference: the Item declares the raster extension, whose fields its assets have. The pinned version
 * of the reference leaves it out, which makes pystac refuse to read them; the later version declares it.
 */
const DECLARES_RASTER = { stac_extensions: [PROJECTION_EXTENSION, RASTER_EXTENSION] };

function isBetweenFiles({ rel }: Json): boolean {
  return BETWEEN_FILES.includes(String(rel));
}

function withoutDescriptions(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === 'description' ? undefined : inner)),
  );
}

describeWithShared(DATA, 'the Items and the Collection of the reference implementation', () => {
  function ours(expected: Json): Json {
    const { data } = expected['assets'] as Record<string, { href: string }>;
    const item = createItem({ href: data?.href ?? '' });
    return { ...item, collection: 'cop-dem-glo-30' };
  }

  test('the Item is the same, value for value and key for key, except for the raster extension', () => {
    const expected = reference(`${PINNED}.item.json`);
    const item = withoutDescriptions(ours(expected)) as Json;

    expect(item).toEqual(comparable({ ...expected, ...DECLARES_RASTER }));
    expect(Object.keys(item)).toEqual(Object.keys(expected));
  });

  test('[N10] the Item declares the raster extension of its raster:bands, as the later version does', () => {
    const [expected, later] = [reference(`${PINNED}.item.json`), reference(`${HEAD}.item.json`)];

    expect(expected['stac_extensions']).toEqual([PROJECTION_EXTENSION]);
    expect(later['stac_extensions']).toContain(RASTER_EXTENSION);
    expect(ours(expected)).toMatchObject(DECLARES_RASTER);
  });

  test('the Collection is the same', () => {
    const expected = reference(`${PINNED}.collection.json`);

    expect(withoutDescriptions(createCollection())).toEqual(comparable(expected));
    expect(Object.keys(createCollection())).toEqual(Object.keys(expected));
  });

  test('the geometry and the grid are also those of the later version', () => {
    const expected = reference(`${HEAD}.item.json`);
    const item = ours(expected);
    const grid = ['proj:epsg', 'proj:transform', 'proj:shape', 'gsd', 'datetime'];
    const of = (properties: unknown) => grid.map((field) => (properties as Json)[field]);

    for (const field of ['id', 'geometry', 'bbox'])
      expect(item[field]).toEqual(comparable(expected[field]));
    expect(of(item['properties'])).toEqual(comparable(of(expected['properties'])));
  });
});
