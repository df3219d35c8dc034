import { describe, expect, test } from '@jest/globals';
import { rectangleOf } from '../../../lambdas/stac/rectangle.js';
import type { Bbox } from '../../../lambdas/stac/stac.js';

describe('the geometry of a bbox', () => {
  test('is a counter-clockwise ring', () => {
    expect(rectangleOf([10, 50, 12, 51])).toEqual({
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [10, 50],
            [12, 50],
            [12, 51],
            [10, 51],
            [10, 50],
          ],
        ],
      },
      bbox: [10, 50, 12, 51],
    });
  });

  test('may be the globe, or wider than half of it', () => {
    expect(rectangleOf([-180, -90, 180, 90])).toMatchObject({
      geometry: { type: 'Polygon' },
      bbox: [-180, -90, 180, 90],
    });
    expect(rectangleOf([-120, -60, 120, 60])).toMatchObject({
      geometry: { type: 'Polygon' },
      bbox: [-120, -60, 120, 60],
    });
  });

  test('is cut at the antimeridian if west is greater than east', () => {
    const { geometry, bbox } = rectangleOf([179, 0, -178, 1]);

    expect(bbox).toEqual([179, 0, -178, 1]);
    expect(geometry).toMatchObject({
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [179, 0],
            [180, 0],
            [180, 1],
            [179, 1],
            [179, 0],
          ],
        ],
        [
          [
            [-180, 0],
            [-178, 0],
            [-178, 1],
            [-180, 1],
            [-180, 0],
          ],
        ],
      ],
    });
  });

  test.each<[Bbox, Bbox]>([
    [
      [180, 0, -178, 1],
      [-180, 0, -178, 1],
    ],
    [
      [179, 0, -180, 1],
      [179, 0, 180, 1],
    ],
  ])('%j has one part', (given, bbox) => {
    expect(rectangleOf(given)).toMatchObject({ geometry: { type: 'Polygon' }, bbox });
  });

  test.each<[Bbox, RegExp]>([
    [[10, 50, 10, 51], /\[10, 50, 10, 51\] encloses no area/],
    [[10, 51, 12, 50], /encloses no area/],
    [[180, 0, -180, 1], /encloses no area/],
    [[10, 50, 181, 51], /lies beyond/],
    [[10, -91, 12, 51], /lies beyond/],
    [[10, 50, 12, 91], /lies beyond/],
    [[NaN, 50, 12, 51], /lies beyond/],
  ])('%j is refused', (given, problem) => {
    expect(() => rectangleOf(given)).toThrow(RangeError);
    expect(() => rectangleOf(given)).toThrow(problem);
  });
});
