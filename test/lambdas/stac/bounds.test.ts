import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { makeItem } from '../../../lambdas/granule/items.js';
import { footprintOf } from '../../../lambdas/stac/geometry.js';
import type { Item, Position } from '../../../lambdas/stac/stac.js';
import { exampleItem } from '../../support/granule.js';
import { faultsOf } from '../../support/stac-faults.js';
import { readSource } from '../../kit/read-source.js';

function faultsWith(fields: Record<string, unknown>): readonly string[] {
  return faultsOf({ ...exampleItem('a'), collection: 'example', ...fields });
}

type Corners = readonly [number, number, number, number];

/** A rectangle; `heights` makes its positions three-dimensional. */
function box([west, south, east, north]: Corners, ...heights: number[]) {
  const corners = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  const coordinates = [corners.map((corner) => [...corner, ...heights])];
  return { type: 'Polygon', coordinates };
}

const FIELD: Corners = [11, 48, 12, 49];

describe('a bbox and its geometry', () => {
  test.each<[string, Corners]>([
    ['elsewhere', [20, 48, 21, 49]],
    ['smaller', [11, 48, 11.9, 49]],
    ['of the neighbouring tile', [12, 48, 13, 49]],
    ['across the antimeridian', [170, 48, -170, 49]],
    ['south of it', [11, -49, 12, -48]],
  ])('[N33] are refused with both values if the bbox is %s', (_, bbox) => {
    expect(faultsWith({ geometry: box(FIELD), bbox })).toEqual([
      `bbox: ${JSON.stringify(bbox)} does not contain the geometry, whose bbox is [11,48,12,49]`,
    ]);
  });

  test('[N33] are refused if latitude and longitude are swapped in one of them', () => {
    const swapped: Corners = [48, 11, 49, 12];

    expect(faultsWith({ geometry: box(FIELD), bbox: swapped })[0]).toMatch(/are swapped$/);
    expect(faultsWith({ geometry: box(swapped), bbox: FIELD })[0]).toMatch(/are swapped$/);
  });

  test.each<[string, object, Corners]>([
    [
      'the bbox is rounded to two decimals',
      box([11.004, 48.004, 11.996, 49.004]),
      [11, 48, 12, 49],
    ],
    ['the bbox is larger', box(FIELD), [10, 40, 20, 50]],
    ['the geometry ends at 180 and the bbox at -180', box([-180, 0, -179, 1]), [180, 0, -179, 1]],
    [
      'the geometry is cut at the antimeridian',
      {
        type: 'MultiPolygon',
        coordinates: [box([179, 0, 180, 1]).coordinates, box([-180, 0, -179, 1]).coordinates],
      },
      [179, 0, -179, 1],
    ],
    ['the geometry is a line', { type: 'LineString', coordinates: [[11, 48], [12, 49]] }, FIELD], // prettier-ignore
  ])('[N33] are valid if %s', (_, geometry, bbox) => {
    expect(faultsWith({ geometry, bbox })).toEqual([]);
  });

  test('[N33] may differ by at most 0.01 degrees', () => {
    expect(faultsWith({ geometry: box(FIELD), bbox: [11.0099, 48, 12, 49] })).toEqual([]);
    expect(faultsWith({ geometry: box(FIELD), bbox: [11.0101, 48, 12, 49] })).toHaveLength(1);
  });

  test.each([
    ['outside of the longitudes', box([179, 0, 181, 1])],
    ['outside of the latitudes', box([0, 89, 1, 91])],
    ['not closed', { type: 'Polygon', coordinates: [box(FIELD).coordinates[0]?.slice(0, 4)] }],
    ['without a ring', { type: 'Polygon', coordinates: [] }],
    ['with an empty ring', { type: 'Polygon', coordinates: [[]] }],
    ['without a polygon', { type: 'MultiPolygon', coordinates: [] }],
    ['without a point', { type: 'MultiPoint', coordinates: [] }],
    ['without a line', { type: 'MultiLineString', coordinates: [] }],
    ['with a ring of one position', box([11, 48, 11, 48])],
    ['with a ring of two positions', box([11, 48, 12, 48])],
  ])('[N33] are refused if the geometry is %s', (_, geometry) => {
    expect(faultsWith({ geometry, bbox: [-180, -90, 180, 90] })).not.toEqual([]);
  });
});

async function warningsOf(geometry: unknown, bbox: readonly number[]): Promise<number> {
  let count = 0;
  const item = { ...exampleItem('a'), geometry, bbox } as Item;
  const pipeline = { collectionId: 'example', createItem: () => Promise.resolve(item) };
  const source = readSource();
  await makeItem(pipeline, { href: 'a' }, { source, warn: () => (count += 1) });
  return count;
}

test.each<[string, Position[]]>([
  [
    'the north pole',
    [
      [0, 80],
      [120, 70],
      [-120, 85],
    ],
  ],
  [
    'the south pole',
    [
      [0, -80],
      [120, -70],
      [-120, -85],
    ],
  ],
  [
    'the south pole, clockwise',
    [
      [-120, -85],
      [120, -70],
      [0, -80],
    ],
  ],
  [
    'the north pole, which it touches',
    [
      [0, 80],
      [120, 90],
      [-120, 85],
    ],
  ],
])('[N11] a footprint around %s is valid and causes no warning', async (_, ring) => {
  const { geometry, bbox } = footprintOf(ring);

  expect(faultsWith({ geometry, bbox })).toEqual([]);
  expect(await warningsOf(geometry, bbox)).toBe(0);
});

describe('a bbox of six numbers', () => {
  test('[N34] causes no antimeridian warning because of its heights', async () => {
    expect(await warningsOf(box(FIELD, 5), [11, 48, 900, 12, 49, 950])).toBe(0);
    expect(await warningsOf(box(FIELD), [11, 48, 0, 12, 49, 8848])).toBe(0);
  });

  test('[N34] causes a warning if it misses the antimeridian', async () => {
    expect(await warningsOf(box([-179, 0, -178, 1], 5), [-179, 0, 0, 179, 1, 10])).toBe(1);
    expect(await warningsOf(box([-179, 0, -178, 1]), [-179, 0, -50, 179, 1, -10])).toBe(1);
  });

  test('[N34] is compared with the geometry', () => {
    expect(faultsWith({ geometry: box(FIELD, 3), bbox: [20, 48, 3, 21, 49, 3] })).toHaveLength(1);
    expect(faultsWith({ geometry: box(FIELD, 3), bbox: [11, 48, 3, 12, 49, 3] })).toEqual([]);
  });

  test('[N34] may cross the antimeridian, as its geometry does', async () => {
    const coordinates = [
      box([179, 0, 180, 1], 5).coordinates,
      box([-180, 0, -179, 1], 5).coordinates,
    ];
    const geometry = { type: 'MultiPolygon', coordinates };

    expect(faultsWith({ geometry, bbox: [179, 0, 5, -179, 1, 5] })).toEqual([]);
    expect(await warningsOf(geometry, [179, 0, 5, -179, 1, 5])).toBe(0);
    expect(await warningsOf(geometry, [-180, 0, 5, 180, 1, 5])).toBe(1);
  });

  test('[N34] has its south and north at index 1 and 4', () => {
    expect(faultsWith({ geometry: box(FIELD, 5), bbox: [11, 49, 0, 12, 48, 100] })).toEqual([
      'bbox: south 49 is greater than north 48',
    ]);
    const swapped = faultsWith({ geometry: box(FIELD, 5), bbox: [48, 11, 0, 49, 12, 100] });
    expect(swapped[0]).toMatch(/are swapped$/);
  });

  test.each([[[11, 48, 0, 12, 49]], [[11, 48, 0, 12, 49, 1, 2]], [[11, 48, null, 12, 49, 1]]])(
    '[N34] must have six numbers: %j',
    (bbox) => {
      expect(faultsWith({ geometry: box(FIELD, 5), bbox })).toEqual([
        expect.stringMatching(/^bbox: /),
      ]);
    },
  );

  const longitude = fc.integer({ min: -180, max: 180 });
  const latitude = fc.integer({ min: -90, max: 90 });
  const corners = fc.tuple(longitude, latitude, longitude, latitude);
  const height = fc.integer({ min: -11_000, max: 9_000 });
  const heights = fc.tuple(height, height);

  test('[N34] has the same result as the four numbers without the heights', async () => {
    await fc.assert(
      fc.asyncProperty(corners, corners, heights, async (area, bbox, [low, high]) => {
        const [west, south, east, north] = bbox;
        const [flat, solid] = [box(area), box(area, low)];
        const bbox3d = [west, south, low, east, north, high];
        const faults = faultsWith({ geometry: flat, bbox });

        expect(faultsWith({ geometry: solid, bbox: bbox3d })).toEqual(faults);
        if (faults.length > 0) return;
        expect(await warningsOf(solid, bbox3d)).toBe(await warningsOf(flat, bbox));
      }),
    );
  });
});
